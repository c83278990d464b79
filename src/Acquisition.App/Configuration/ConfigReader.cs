using YamlDotNet.Core;

namespace Acquisition.App.Configuration;

/// <summary>Reads a configuration strictly: unknown and repeated keys are faults, and all faults come at once.</summary>
internal sealed class ConfigReader
{
    private const string CommandLine = "command line";
    private const string AnotherSetting = "see 'acquisition check --help' for all settings";

    private readonly string _file;
    private readonly List<(int Line, ConfigFault Fault)> _faults = [];

    /// <summary>Where each setting was given, also when its value was refused: line (0 for the command line), place and name for people.</summary>
    private readonly Dictionary<string, (int Line, string Where, string Name)> _given = [];
    private readonly HashSet<string> _refused = [];
    private readonly HashSet<string> _sections = [];
    private AppConfig _config = AppConfig.Draft;

    private ConfigReader(string file) => _file = file;

    /// <summary>Reads a file, then checks it against its surroundings: folders and addresses.</summary>
    public static ConfigReading ReadFile(string path, params IReadOnlyList<ConfigOverride> overrides) =>
        ReadFile(path, overrides, ConfigChecks.All);

    /// <inheritdoc cref="Read"/>
    public static ConfigReading ReadFile(
        string path, IReadOnlyList<ConfigOverride> overrides, Func<AppConfig, IEnumerable<(string Path, string Message)>> check, params string[] needed)
    {
        try
        {
            return Read(File.ReadAllText(path), path, overrides, check, needed);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new ConfigReading { Faults = [new ConfigFault(path, $"the configuration cannot be read: {error.Message.TrimEnd('.')}")] };
        }
    }

    /// <param name="file">Name that faults carry.</param>
    /// <param name="check">Gives path of a setting and message of each fault that concerns more than one value.</param>
    /// <param name="needed">Sections whose required settings must be given; none for those that a scan needs.</param>
    public static ConfigReading Read(
        string text, string file, IReadOnlyList<ConfigOverride> overrides, Func<AppConfig, IEnumerable<(string Path, string Message)>> check,
        params string[] needed)
    {
        var reader = new ConfigReader(file);
        foreach (ConfigOverride item in overrides) reader.Bind(Settings.Get(item.Path), item.Text, 0, CommandLine, item.Option);
        reader.ReadText(text);
        reader.RequireMissing(needed);
        reader.Check(check);
        return reader._faults.Count == 0
            ? new ConfigReading { Config = reader._config }
            : new ConfigReading { Faults = [.. reader._faults.OrderBy(item => item.Line).Select(item => item.Fault)] };
    }

    private void ReadText(string text)
    {
        YamlValue root;
        try
        {
            root = YamlTree.Read(text);
        }
        catch (YamlException error)
        {
            // The parser blames the line before a tab, and for something else.
            int tab = Array.FindIndex(text.Split('\n'), line => line.TrimStart(' ').StartsWith('\t'));
            if (tab >= 0) Fault(tab + 1, "a tab indents this line; YAML wants spaces");
            else Fault((int)error.Start.Line, $"this is no YAML: {error.Message.TrimEnd('.')}");
            return;
        }

        switch (root)
        {
            case YamlValue.Map map:
                ForEachKey(map, "", ReadSection);
                break;
            case YamlValue.Word { Value: null }:
                break; // an empty file: what is missing is said below
            default:
                Fault(1, $"expected sections ({SectionNames()}), each with its settings below it");
                break;
        }
    }

    private void ReadSection(YamlEntry section)
    {
        if (!Settings.Sections.Any(known => known.Name == section.Key))
        {
            Fault(section.Line, $"{section.Key} is no section; expected one of {SectionNames()}{Suggest(section.Key, Settings.Sections.Select(s => s.Name))}");
            return;
        }

        _sections.Add(section.Key);
        switch (section.Value)
        {
            case YamlValue.Map map:
                ForEachKey(map, section.Key + ".", entry => ReadSetting(section.Key, entry));
                break;
            case YamlValue.Word { Value: null }:
                Fault(section.Line, $"{section.Key} has no settings; give some below it or leave the section out");
                break;
            default:
                Fault(section.Line, $"{section.Key} is a section; expected its settings below it, one on a line");
                break;
        }
    }

    private void ReadSetting(string section, YamlEntry entry)
    {
        string path = $"{section}.{entry.Key}";
        if (Settings.All.FirstOrDefault(setting => setting.Path == path) is not { } setting)
        {
            string elsewhere = Settings.All.FirstOrDefault(other => other.Key == entry.Key) is { } other
                ? $"; it belongs in section {other.Section}"
                : Suggest(entry.Key, Settings.All.Where(s => s.Section == section).Select(s => s.Key));
            Fault(entry.Line, $"{path} is no setting{(elsewhere.Length > 0 ? elsewhere : "; " + AnotherSetting)}");
            return;
        }

        // What the command line gave wins; the file's value is still checked.
        switch (entry.Value)
        {
            case YamlValue.Word { Value: { } text }:
                Bind(setting, text, entry.Line, $"{_file}:{entry.Line}", setting.Path);
                break;
            case YamlValue.Word:
                Refuse(setting, entry.Line, $"has no value; expected {setting.Accepted}");
                break;
            case YamlValue.Other other:
                Refuse(setting, entry.Line, $"is {other.Kind}; expected {setting.Accepted}");
                break;
            default:
                Refuse(setting, entry.Line, $"has keys below it; expected {setting.Accepted}");
                break;
        }
    }

    private void Refuse(Setting setting, int line, string message)
    {
        _given.TryAdd(setting.Path, (line, $"{_file}:{line}", setting.Path));
        _refused.Add(setting.Path);
        Fault(line, $"{setting.Path} {message}");
    }

    private void Bind(Setting setting, string text, int line, string where, string name)
    {
        bool first = _given.TryAdd(setting.Path, (line, where, name));
        AppConfig before = _config;
        if (setting.Bind(text, ref _config) is { } fault)
        {
            _refused.Add(setting.Path);
            _faults.Add((line, new ConfigFault(where, $"{name} {fault}")));
        }
        else if (!first)
        {
            _config = before;
        }
    }

    private void ForEachKey(YamlValue.Map map, string prefix, Action<YamlEntry> read)
    {
        var seen = new Dictionary<string, int>();
        foreach (YamlEntry entry in map.Entries)
        {
            if (seen.TryAdd(entry.Key, entry.Line)) read(entry);
            else Fault(entry.Line, $"{prefix}{entry.Key} is given a second time; the first is in line {seen[entry.Key]}; keep one");
        }
    }

    private void RequireMissing(string[] needed)
    {
        foreach (Setting setting in Settings.All.Where(setting => setting.Required && !_given.ContainsKey(setting.Path)))
        {
            bool isNeeded = needed.Length > 0 ? needed.Contains(setting.Section)
                : setting.Section is not ("publish" or "metrics" or "scoring" or "training") || _sections.Contains(setting.Section);
            if (!isNeeded) continue;
            _faults.Add((int.MaxValue, new ConfigFault(_file, $"{setting.Path} is missing; expected {setting.Accepted}")));
        }
    }

    /// <summary>Reports what the checks find, except about values that were refused or never given.</summary>
    private void Check(Func<AppConfig, IEnumerable<(string Path, string Message)>> check)
    {
        foreach (var (path, message) in check(_config))
        {
            if (_refused.Contains(path) || !_given.TryGetValue(path, out var given)) continue;
            _faults.Add((given.Line, new ConfigFault(given.Where, $"{given.Name} {message}")));
        }
    }

    private void Fault(int line, string message) => _faults.Add((line, new ConfigFault($"{_file}:{line}", message)));

    private static string Suggest(string found, IEnumerable<string> names) =>
        NearestName.Of(found, names) is { } near ? $"; did you mean {near}?" : "";

    private static string SectionNames() => string.Join(", ", Settings.Sections.Select(section => section.Name));
}
