using Acquisition.Benchmarks.Live;
using Xunit;

namespace Acquisition.SystemTests;

/// <summary>A thousand volumes through the program as a process. The benchmark of the same name does it with ten thousand.</summary>
[Collection("ZeroMQ in this process")] // the last socket of one would end the library for the other
public sealed class SoakTests
{
    [Fact]
    public void A_long_scan_makes_the_program_hold_nothing_more()
    {
        // 50 volumes a second, looked at once a second.
        SoakSample[] samples = Soak.Run(Path.GetTempPath(), new Load { Shape = new(4, 32, 32), Factors = new(1, 2, 2), Volumes = 1000, FramesPerSec = 200 });
        SoakSample[] early = [.. samples.Where(sample => sample.Volumes < 400)], late = [.. samples.Where(sample => sample.Volumes >= 400)];
        Assert.NotEmpty(early);
        Assert.NotEmpty(late);

        // Reasons for a volume's 100 bytes here and there are allowed, a leak of one plane (2 KiB) a volume is not.
        long Growth(Func<SoakSample, long> of) => of(late[^1]) - of(late[0]);
        Assert.InRange(Growth(sample => sample.HeapBytes), long.MinValue, 300 << 10);
        Assert.InRange(Growth(sample => sample.Use.ResidentBytes), long.MinValue, 24 << 20);
        Assert.InRange(late.Max(sample => sample.Use.Handles), 0, early.Max(sample => sample.Use.Handles) + 8);
        Assert.InRange(late.Max(sample => sample.Use.Threads), 0, early.Max(sample => sample.Use.Threads) + 4);
    }
}
