using System.Collections.Immutable;
using Acquisition.Core;

namespace Acquisition.Storage;

/// <summary>A set of time points that mostly comes in order, kept as ranges.</summary>
internal sealed class StoredTimePoints
{
    private readonly List<TimePointRange> _ranges = [];

    /// <summary>Ascending, apart from each other.</summary>
    public ImmutableArray<TimePointRange> Ranges => [.. _ranges];

    public bool Contains(int t) => Before(t) is >= 0 and var at && _ranges[at].Last >= t;

    /// <returns>False when it was there.</returns>
    public bool Add(int t)
    {
        if (Contains(t)) return false;
        int at = Before(t);
        bool joinsBefore = at >= 0 && _ranges[at].Last == t - 1, joinsAfter = at + 1 < _ranges.Count && _ranges[at + 1].First == t + 1;
        if (joinsBefore && joinsAfter)
        {
            _ranges[at] = _ranges[at] with { Last = _ranges[at + 1].Last };
            _ranges.RemoveAt(at + 1);
        }
        else if (joinsBefore) _ranges[at] = _ranges[at] with { Last = t };
        else if (joinsAfter) _ranges[at + 1] = _ranges[at + 1] with { First = t };
        else _ranges.Insert(at + 1, new TimePointRange(t, t));
        return true;
    }

    /// <summary>The last range that begins at or before this time point; −1 for none.</summary>
    private int Before(int t)
    {
        int low = 0, high = _ranges.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_ranges[middle].First <= t) low = middle + 1;
            else high = middle;
        }

        return low - 1;
    }
}
