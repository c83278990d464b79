using Acquisition.Pipeline.Assembly;
using Xunit;

namespace Acquisition.Tests.Pipeline;

public sealed class ClosedVolumesTests
{
    private readonly ClosedVolumes _closed = new();

    [Fact]
    public void A_long_scan_in_order_takes_one_entry_a_channel()
    {
        for (int t = 0; t < 10_000; t++)
        {
            for (int c = 0; c < 3; c++) _closed.Add(new(t, c), []);
        }

        Assert.Equal(3, _closed.Entries);
        Assert.True(_closed.TryGet(new(9_999, 2), out _));
        Assert.False(_closed.TryGet(new(10_000, 2), out _));
        Assert.False(_closed.TryGet(new(0, 3), out _));
    }

    [Fact]
    public void Any_order_is_remembered_and_joins_into_one_entry_when_no_gap_is_left()
    {
        int[] order = [.. Enumerable.Range(0, 500)];
        new Random(Seed: 17).Shuffle(order);
        var added = new HashSet<int>();
        foreach (int t in order)
        {
            _closed.Add(new(t, 0), []);
            added.Add(t);
            int probe = (t * 7 + 3) % 500;
            Assert.Equal(added.Contains(probe), _closed.TryGet(new(probe, 0), out _));
        }

        Assert.Equal(1, _closed.Entries);
    }

    [Fact]
    public void Planes_that_never_came_are_told()
    {
        _closed.Add(new(0, 0), []);
        _closed.Add(new(1, 0), [2, 5]);
        _closed.Add(new(2, 0), []);
        Assert.True(_closed.TryGet(new(1, 0), out var missing));
        Assert.Equal([2, 5], missing);
        Assert.True(_closed.TryGet(new(2, 0), out missing));
        Assert.Empty(missing);
        Assert.Equal(3, _closed.Entries);
    }

    [Fact]
    public void The_last_time_points_there_can_be_are_taken()
    {
        _closed.Add(new(int.MaxValue, 0), []);
        _closed.Add(new(int.MaxValue - 1, 0), []);
        Assert.Equal(1, _closed.Entries);
        Assert.False(_closed.TryGet(new(0, 0), out _));
    }
}
