using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Acquisition.Storage.Reporting;

/// <summary>Figures in words that a person reads at a glance.</summary>
internal static class Say
{
    public static string Milliseconds(double milliseconds) => milliseconds switch
    {
        < 10 => Invariant($"{milliseconds:0.0} ms"),
        < 1000 => Invariant($"{milliseconds:0} ms"),
        _ => Duration(TimeSpan.FromMilliseconds(milliseconds)),
    };

    public static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 10 } => Invariant($"{time.TotalSeconds:0.00} s"),
        { TotalMinutes: < 2 } => Invariant($"{time.TotalSeconds:0.0} s"),
        { TotalHours: < 2 } => Invariant($"{(int)time.TotalMinutes} min {time.Seconds} s"),
        _ => Invariant($"{(int)time.TotalHours} h {time.Minutes} min"),
    };

    public static string Bytes(long bytes) => bytes switch
    {
        < 1 << 20 => Invariant($"{bytes / 1024.0:0.#} KiB"),
        < 1 << 30 => Invariant($"{bytes / 1048576.0:0.#} MiB"),
        _ => Invariant($"{bytes / 1073741824.0:0.##} GiB"),
    };

    public static string Decibels(double? value) => value is { } known ? Invariant($"{known:0.00} dB") : "–";

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>"0 refused", or "3 refused (late 2, malformed 1)".</summary>
    public static string Reasons(ImmutableSortedDictionary<string, long> counts, string word)
    {
        long total = counts.Values.Sum();
        string of = string.Join(", ", counts.Where(count => count.Value > 0).Select(count => $"{count.Key} {Count(count.Value)}"));
        return total == 0 ? $"0 {word}" : $"{Count(total)} {word} ({of})";
    }

    /// <summary>"source lost" for SourceLost.</summary>
    public static string Word(Enum value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()).Replace('_', ' ');

    public static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
