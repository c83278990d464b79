using System.Collections.Immutable;
using Acquisition.Core;

namespace Acquisition.Pipeline.Assembly;

/// <summary>Which volumes of a scan are closed, and which planes of them never came. One thread.</summary>
/// <remarks>Complete volumes of neighbouring time points take one entry together and an incomplete one about 100 bytes, so memory grows
/// with what went wrong in a scan and not with its length.</remarks>
internal sealed class ClosedVolumes
{
    // Of each channel, ranges of time points whose volumes are complete: ascending, with gaps between them.
    private readonly List<List<Range>> _complete = [];
    private readonly Dictionary<VolumeIndex, ImmutableArray<int>> _incomplete = [];

    /// <summary>Entries held.</summary>
    public int Entries => _complete.Sum(ranges => ranges.Count) + _incomplete.Count;

    /// <param name="missing">Planes that never came, ascending.</param>
    public void Add(VolumeIndex index, ImmutableArray<int> missing)
    {
        if (!missing.IsEmpty)
        {
            _incomplete.Add(index, missing);
            return;
        }

        while (_complete.Count <= index.C) _complete.Add([]);
        List<Range> ranges = _complete[index.C];
        int after = FirstBehind(ranges, index.T);
        bool joinsBefore = after > 0 && ranges[after - 1].Last == index.T - 1, joinsAfter = after < ranges.Count && ranges[after].First == index.T + 1;
        if (joinsBefore && joinsAfter)
        {
            ranges[after - 1] = new(ranges[after - 1].First, ranges[after].Last);
            ranges.RemoveAt(after);
        }
        else if (joinsBefore) ranges[after - 1] = ranges[after - 1] with { Last = index.T };
        else if (joinsAfter) ranges[after] = ranges[after] with { First = index.T };
        else ranges.Insert(after, new(index.T, index.T));
    }

    /// <param name="missing">Planes that never came; empty for a complete volume.</param>
    /// <returns>False for a volume that is not closed.</returns>
    public bool TryGet(VolumeIndex index, out ImmutableArray<int> missing)
    {
        if (_incomplete.TryGetValue(index, out missing)) return true;
        missing = [];
        if (index.C >= _complete.Count) return false;
        List<Range> ranges = _complete[index.C];
        int after = FirstBehind(ranges, index.T);
        return after > 0 && ranges[after - 1].Last >= index.T;
    }

    /// <summary>Number of the first range that begins behind a time point. Scans go forwards, so it is looked for from the end.</summary>
    private static int FirstBehind(List<Range> ranges, int timePoint)
    {
        int at = ranges.Count;
        while (at > 0 && ranges[at - 1].First > timePoint) at--;
        return at;
    }

    private readonly record struct Range(int First, int Last);
}
