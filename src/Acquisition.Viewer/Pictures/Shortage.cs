using System.Collections.Concurrent;
using System.Globalization;
using Acquisition.Core;

namespace Acquisition.Viewer.Pictures;

/// <summary>Which pictures are not shown because there is no room for them. Any thread.</summary>
/// <param name="budgetBytes">For all pictures.</param>
internal sealed class Shortage(long budgetBytes)
{
    private readonly ConcurrentDictionary<(VolumeKind Kind, bool IsLive), string> _lacking = [];

    /// <summary>What a person should know; <see langword="null"/> where nothing lacks room.</summary>
    public string? Words => _lacking.OrderBy(item => item.Key).Select(item => item.Value).FirstOrDefault();

    /// <summary>A picture could not be made.</summary>
    /// <param name="isLive">Whether from the run's memory, and not from disk.</param>
    /// <param name="shape">The picture's, or that of the planes of it that are wanted.</param>
    public void Note(VolumeKind kind, bool isLive, VolumeShape shape, PixelType type) => _lacking[(kind, isLive)] = string.Create(
        CultureInfo.InvariantCulture,
        $"There is no room to show {Named(kind)}: as {shape} it takes {Mebi(VolumePool.CostBytes(shape, type))} MiB, and all pictures of all pages together may take "
        + $"{Mebi(budgetBytes)} MiB. Raise viewer.memory_budget_mib, or show fewer channels.");

    /// <summary>A picture of this kind has been made.</summary>
    public void Forget(VolumeKind kind, bool isLive) => _lacking.TryRemove((kind, isLive), out _);

    /// <summary>Others may be looked at from now on.</summary>
    public void Forget() => _lacking.Clear();

    private static string Named(VolumeKind kind) => kind switch
    {
        VolumeKind.Raw => "a raw volume",
        VolumeKind.Restored => "a restored volume",
        _ => "an uncertainty map",
    };

    private static string Mebi(long bytes) => (bytes / (double)(1 << 20)).ToString("0.#", CultureInfo.InvariantCulture);
}
