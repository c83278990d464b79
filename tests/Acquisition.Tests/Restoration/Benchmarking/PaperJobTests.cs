using Acquisition.Core;
using Acquisition.Restoration.Benchmarking;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Restoration.Benchmarking;

public sealed class PaperJobTests
{
    [Fact]
    public void A_small_job_goes_through_both_stages_and_says_where_its_time_went()
    {
        var progress = new Told();
        PaperJobResult result = PaperJob.Run(new VolumeShape(8, 9, 10), steps: 3, threads: 2, progress, TestContext.Current.CancellationToken);

        Assert.Equal(new VolumeShape(32, 36, 40), result.Restored);
        Assert.False(result.IsPapers);
        Assert.Equal(
            [
                "prepared", "stage 1 of 2: 3 steps, judged on the way", "stage 1 of 2: judged, and restored for the next",
                "stage 2 of 2: 3 steps, judged on the way", "stage 2 of 2: judged", "inference: both stages, back-projected",
            ],
            result.Phases.Select(phase => phase.Name));
        TimeSpan all = result.Phases.Aggregate(TimeSpan.Zero, (sum, phase) => sum + phase.Duration);
        Assert.True(all >= result.Training + result.Inference);
        Assert.InRange(result.Phases[^1].Duration, result.Inference, all);
        Assert.InRange(result.PeakBytes, 1 << 20, 1L << 40);
        Assert.True(double.IsFinite(result.HeldOutDb) && double.IsFinite(result.ProjectedDb));
        // Back-projection is there to make the restored volume agree with the acquired one, whose maximum is 1.
        Assert.InRange(result.ResidualRms, 0, 0.1);
        Assert.Contains("stage 2 of 2, step 3 of 3", progress.Lines);
        Assert.Equal("restoring 8×9×10 to 32×36×40", progress.Lines[^1]);
    }

    [Fact]
    public void The_papers_job_is_known_by_its_extent_and_steps()
    {
        var result = new PaperJobResult(
            Machine.Current, new VolumeShape(38, 256, 256), new VolumeShape(152, 1024, 1024), 1500, 2, TimeSpan.Zero, TimeSpan.Zero, [], 0, 0, 0, 0);
        Assert.True(result.IsPapers);
        Assert.False((result with { StepsPerStage = 1499 }).IsPapers);
        Assert.Equal(result.Restored, PaperJob.PaperVolume.Times(PaperJob.Factors));
    }

    [Fact]
    public void Beads_are_Gaussians_averaged_over_the_voxels_of_the_acquired_grid()
    {
        VolumeShape acquired = new(9, 20, 17), fine = acquired.Times(new Factors(4, 4, 4));
        var random = new Random(77);
        var expected = new double[acquired.Voxels];
        for (int bead = 0; bead < Math.Round(fine.Voxels / 35_000.0); bead++)
        {
            double cz = random.NextDouble() * fine.Z, cy = random.NextDouble() * fine.Y, cx = random.NextDouble() * fine.X;
            for (int z = 0; z < fine.Z; z++)
                for (int y = 0; y < fine.Y; y++)
                    for (int x = 0; x < fine.X; x++)
                        expected[(z / 4 * acquired.Y + y / 4) * acquired.X + x / 4] += Bell(z + 0.5 - cz, 4) * Bell(y + 0.5 - cy, 2) * Bell(x + 0.5 - cx, 2);
        }
        double brightest = expected.Max();

        using var found = Beads.Draw(acquired, new Factors(4, 4, 4), new Random(77));

        float[] samples = Volumes.Samples(found);
        Assert.Equal(1, samples.Max());
        Assert.All(samples.Zip(expected), pair =>
        {
            Assert.InRange(pair.First, pair.Second / brightest - 0.51 / 255, pair.Second / brightest + 0.51 / 255);
            Assert.Equal(Math.Round(pair.First * 255), pair.First * 255, 1e-3);
        });

        static double Bell(double distance, double sigma) => Math.Abs(distance) <= 12 ? Math.Exp(-distance * distance / (2 * sigma * sigma)) : 0;
    }
}
