using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Acquisition.App.Configuration;

/// <summary>What stands under a key: a text, a mapping of further keys, or something a configuration has no use for.</summary>
internal abstract record YamlValue
{
    /// <param name="Value">The text; <see langword="null"/> for a key without a value.</param>
    internal sealed record Word(string? Value) : YamlValue;

    internal sealed record Map(ImmutableArray<YamlEntry> Entries) : YamlValue;

    /// <param name="Kind">What it is instead; completes "it is …".</param>
    internal sealed record Other(string Kind) : YamlValue;
}

/// <param name="Line">1-based.</param>
internal sealed record YamlEntry(string Key, int Line, YamlValue Value);

/// <summary>Reads YAML into keys with line numbers.</summary>
/// <remarks>Built on YamlDotNet's events, not on its node classes: those stop at the first key given twice, and a configuration
/// reports all its faults at once.</remarks>
internal static class YamlTree
{
    /// <exception cref="YamlException">The text is no YAML; the exception carries line and reason.</exception>
    public static YamlValue Read(string text)
    {
        var parser = new Parser(new StringReader(text));
        parser.Consume<StreamStart>();
        if (parser.Accept<StreamEnd>(out _)) return new YamlValue.Word(null);
        parser.Consume<DocumentStart>();
        YamlValue root = ReadValue(parser);
        parser.Consume<DocumentEnd>();
        return parser.TryConsume<DocumentStart>(out var second)
            ? throw new YamlException(second.Start, second.End, "a second document starts here; a configuration is one document")
            : root;
    }

    private static YamlValue ReadValue(Parser parser)
    {
        if (parser.TryConsume<Scalar>(out var scalar))
        {
            bool empty = scalar is { Style: ScalarStyle.Plain, Value: "" or "~" or "null" or "Null" or "NULL" };
            return new YamlValue.Word(empty ? null : scalar.Value);
        }

        if (parser.TryConsume<MappingStart>(out _)) return ReadMap(parser);
        if (parser.TryConsume<AnchorAlias>(out _)) return new YamlValue.Other("an alias");
        parser.SkipThisAndNestedEvents();
        return new YamlValue.Other("a list");
    }

    private static YamlValue.Map ReadMap(Parser parser)
    {
        var entries = ImmutableArray.CreateBuilder<YamlEntry>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            int line = (int)parser.Current!.Start.Line;
            string key = parser.TryConsume<Scalar>(out var scalar) ? scalar.Value : SkipKey(parser);
            entries.Add(new YamlEntry(key, line, ReadValue(parser)));
        }

        return new YamlValue.Map(entries.ToImmutable());
    }

    private static string SkipKey(Parser parser)
    {
        parser.SkipThisAndNestedEvents();
        return "?";
    }
}
