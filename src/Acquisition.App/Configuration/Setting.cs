namespace Acquisition.App.Configuration;

/// <summary>One key of the configuration: the row from which reading, checking, writing and the reference derive.</summary>
internal abstract class Setting(string section, string key, string doc)
{
    public string Section { get; } = section;

    public string Key { get; } = key;

    /// <summary>What it does, for people; one sentence or two, without the unit, which the key carries.</summary>
    public string Doc { get; } = doc;

    public string Path => $"{Section}.{Key}";

    /// <summary>Whether it must be given wherever its section is given or needed.</summary>
    public bool Required { get; init; }

    /// <summary>Replaces the default shown to people where the true one depends on the machine.</summary>
    public string? DefaultNote { get; init; }

    /// <summary>Completes the sentence "expected …".</summary>
    public abstract string Accepted { get; }

    /// <summary>Default as a person writes it; <see langword="null"/> for a key without one.</summary>
    public string? Default => DefaultNote ?? (Required ? null : Read(AppConfig.Draft with { Publish = AppConfig.DraftPublisher, Metrics = AppConfig.DraftMetrics, Training = AppConfig.DraftTraining }));

    /// <summary>Puts a value into the configuration.</summary>
    /// <returns>What is wrong with <paramref name="text"/>, without the key; <see langword="null"/> when it was accepted.</returns>
    public abstract string? Bind(string text, ref AppConfig config);

    /// <summary>The value as a person writes it; <see langword="null"/> when its optional section is absent.</summary>
    public abstract string? Read(AppConfig config);

    /// <summary>The value as YAML, quoted where its kind needs quotes.</summary>
    public abstract string? ReadYaml(AppConfig config);
}

/// <inheritdoc/>
/// <param name="read">Takes the value out; called only where <see cref="IsGiven"/> holds.</param>
/// <param name="write">Puts an accepted value in.</param>
internal sealed class Setting<T>(
    string section, string key, ValueKind<T> kind, Func<AppConfig, T> read, Func<AppConfig, T, AppConfig> write, string doc)
    : Setting(section, key, doc)
{
    /// <summary>Whether the section is there at all; only optional sections need it.</summary>
    public Func<AppConfig, bool> IsGiven { get; init; } = _ => true;

    public override string Accepted => kind.Accepted;

    public override string? Bind(string text, ref AppConfig config)
    {
        if (kind.TryRead(text, out T? value))
        {
            config = write(config, value);
            return null;
        }

        string hint = kind.Hint(text) is { } better ? $" ({better})" : "";
        return $"is '{text}'; expected {kind.Accepted}{hint}";
    }

    public override string? Read(AppConfig config) => IsGiven(config) ? kind.Write(read(config)) : null;

    public override string? ReadYaml(AppConfig config) =>
        Read(config) is not { } text ? null : kind.Quoted ? YamlText.Quote(text) : text;
}
