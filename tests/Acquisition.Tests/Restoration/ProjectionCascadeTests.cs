using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Streaming;
using Acquisition.Restoration.Threading;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Restoration;

/// <summary>Back-projection of a volume that comes plane by plane, against the definition applied round by round to whole volumes.</summary>
public sealed unsafe class ProjectionCascadeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Fine extents, as a multiple of the factors and short of one, from one plane to more than a cascade has under way.</summary>
    public static TheoryData<string, string, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, string, int>();
            foreach (string factors in new[] { "1,1,1", "1,2,2", "2,2,2", "2,1,2", "1,4,1", "4,4,4", "4,2,1" })
            {
                foreach (string extent in new[] { "1,1,1", "2,3,1", "3,5,17", "5,9,33", "8,16,16", "13,34,18", "31,12,21", "64,6,7" })
                {
                    foreach (int rounds in new[] { 0, 1, 4 }) cases.Add(extent, factors, rounds);
                }
            }
            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Planes_that_come_one_by_one_get_the_bits_of_whole_volumes(string extent, string factorText, int rounds)
    {
        Factors factors = ParseFactors(factorText);
        int[] e = [.. extent.Split(',').Select(int.Parse)];
        VolumeShape fine = new(e[0], e[1], e[2]), coarse = Resampling.ShrunkShape(fine, factors);
        const float floor = 0.2f;
        using FloatVolume x = Volumes.Random(coarse, 1), y = Volumes.Random(fine, 2), expected = Volumes.Random(fine, 2), whole = Volumes.Random(fine, 2);
        double expectedRms = ByDefinition(x, expected, factors, rounds, floor);

        var found = new List<float>();
        using var team = new WorkTeam(3);
        using var cascade = new ProjectionCascade(x, fine, factors, rounds, floor, team, null, (z, plane) =>
        {
            Assert.Equal(found.Count, z * fine.PlaneVoxels);
            found.AddRange(plane);
        });
        for (int again = 0; again < 2; again++)
        {
            found.Clear();
            cascade.Reset();
            for (int z = 0; z < fine.Z; z++)
            {
                y.Plane(z).CopyTo(new Span<float>(cascade.Plane(z), fine.PlaneVoxels));
                cascade.Accept(Cancel);
            }
            Assert.Equal(Volumes.Samples(expected), found);
            Assert.Equal(expectedRms, cascade.ResidualRms);
        }

        Assert.Equal(expectedRms, BackProjection.Refine(x, whole, factors, rounds, floor, threads: 1, Cancel));
        Assert.Equal(Volumes.Samples(expected), Volumes.Samples(whole));
    }

    [Theory]
    [InlineData(1, 2, 8)]
    [InlineData(2, 2, 14)]
    [InlineData(10, 2, 62)]
    [InlineData(2, 4, 28)]
    [InlineData(10, 1, 1)]
    public void A_plane_leaves_once_the_rounds_have_what_their_taps_reach(int rounds, int factorZ, int underWay)
    {
        // By hand for a factor of 2: the odd plane 2q + 1 is enlarged from residuals up to q + 2, which are shrunk from planes up to
        // 2q + 8; that one is even and needs 6 more in the round before, and so on. For 4: 15 planes, then 12.
        var factors = new Factors(factorZ, 2, 2);
        VolumeShape coarse = new(120 / factorZ, 3, 3), fine = coarse.Times(factors);
        using FloatVolume x = Volumes.Random(coarse, 1);
        int finished = 0, longest = 0;
        using var team = new WorkTeam(1);
        using var cascade = new ProjectionCascade(x, fine, factors, rounds, 0, team, null, (_, _) => finished++);
        for (int z = 0; z < fine.Z; z++)
        {
            new Span<float>(cascade.Plane(z), fine.PlaneVoxels).Fill(z);
            longest = Math.Max(longest, z - finished + 1);
            cascade.Accept(Cancel);
        }
        Assert.Equal(fine.Z, finished);
        Assert.Equal(underWay, longest);
        Assert.Equal(underWay, new AxisSchedule(coarse.Z, fine.Z, factorZ).FinePlanesUnderWay(rounds));
    }

    [Fact]
    public void Memory_does_not_grow_with_depth_and_planes_cost_no_allocation()
    {
        var factors = new Factors(2, 2, 2);
        Assert.Equal(HeldBytes(100), HeldBytes(1000));
        // 2 + 6 · 4 fine planes of 80 × 100, and 13 coarse ones each of the 4 times that y is shrunk and enlarged again; 9 + 1 at the end.
        Assert.Equal(4 * (26 * 8000 + (4 * 13 + 10) * 2000), HeldBytes(1000));

        using FloatVolume x = Volumes.Random(new(40, 40, 50), 1);
        VolumeShape fine = x.Shape.Times(factors);
        using var team = new WorkTeam(2);
        using var cascade = new ProjectionCascade(x, fine, factors, 4, 0, team, null, static (_, _) => { });
        long before = 0;
        for (int z = 0; z < fine.Z; z++)
        {
            if (z == 40) before = GC.GetAllocatedBytesForCurrentThread();
            cascade.Accept(Cancel);
        }
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(0, allocated);

        long HeldBytes(int depth)
        {
            VolumeShape coarse = new(depth, 40, 50);
            return ProjectionCascade.Bytes(coarse, coarse.Times(factors), factors, rounds: 4);
        }
    }

    /// <summary>y ← max(floor, y + U(x − D(y))) with whole volumes.</summary>
    private static double ByDefinition(FloatVolume x, FloatVolume y, Factors factors, int rounds, float floor)
    {
        using FloatVolume residual = new(x.Shape), enlarged = new(y.Shape);
        double squares = 0;
        for (int round = 0; round <= rounds; round++)
        {
            for (int z = 0; z < y.Shape.Z; z++)
            {
                for (int i = 0; i < y.Shape.PlaneVoxels; i++)
                    y.Plane(z)[i] = MathF.Max(floor, round == 0 ? y.Plane(z)[i] : y.Plane(z)[i] + enlarged.Plane(z)[i]);
            }
            Resampling.Shrink(y, factors, residual, 1, Cancel);
            squares = 0;
            for (int z = 0; z < x.Shape.Z; z++)
            {
                double plane = 0;
                for (int row = 0; row < x.Shape.Y; row++)
                {
                    double sum = 0;
                    for (int i = row * x.Shape.X; i < (row + 1) * x.Shape.X; i++)
                    {
                        ref float r = ref residual.Plane(z)[i];
                        r = x.Plane(z)[i] - r;
                        sum += (double)r * r;
                    }
                    plane += sum;
                }
                squares += plane;
            }
            Resampling.Enlarge(residual, factors, enlarged, 1, Cancel);
        }
        return Math.Sqrt(squares / x.Shape.Voxels);
    }

    private static Factors ParseFactors(string text)
    {
        int[] f = [.. text.Split(',').Select(int.Parse)];
        return new Factors(f[0], f[1], f[2]);
    }
}
