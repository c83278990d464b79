using System.Text;

namespace Acquisition.App.Configuration;

/// <summary>Writes a configuration out in full.</summary>
internal static class ConfigWriter
{
    /// <summary>YAML with every setting, defaults included; reading it gives an equal configuration.</summary>
    public static string Write(AppConfig config)
    {
        var yaml = new StringBuilder("# The settings of one run, defaults included.\n");
        foreach (var (section, _) in Settings.Sections)
        {
            var given = Settings.All.Where(setting => setting.Section == section && setting.Read(config) is not null).ToList();
            if (given.Count == 0) continue;
            yaml.Append(section).Append(":\n");
            foreach (Setting setting in given) yaml.Append("  ").Append(setting.Key).Append(": ").Append(setting.ReadYaml(config)).Append('\n');
        }

        return yaml.ToString();
    }
}
