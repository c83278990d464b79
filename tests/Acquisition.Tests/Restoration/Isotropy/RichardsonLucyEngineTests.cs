using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Isotropy;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Restoration.Isotropy;

public sealed class RichardsonLucyEngineTests
{
    private const int Iterations = 5;

    private static readonly StackScan Scan = new(
        Scans.Plan(z: 6, y: 20, x: 24, undersampling: Factors.One), new IsotropicScanOptions { PsfLateralUm = 0.8, PsfAxialUm = 2.5 }, null);

    private static readonly RestorationOptions Options = new() { Threads = 2 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(-0.25f, -0.25f)]
    [InlineData(float.NegativeInfinity, 0f)]
    public void Light_is_what_lies_above_the_cameras_dark_value_or_the_darkest_sample(float floor, float dark)
    {
        using FloatVolume acquired = Acquired(), restored = new(Scan.Grid.Shape), expected = new(Scan.Grid.Shape);
        new RichardsonLucyEngine(Scan, Iterations).Restore(null, acquired, Factors.One, floor, Options, restored, out double residual, Cancel);

        AxialUpsampling.Apply(acquired, Scan.Ratio, expected, 1, Cancel);
        Add(expected, -dark);
        using (var lucy = new RichardsonLucy(expected.Shape, Scan.Psf)) lucy.Restore(expected, expected, Iterations, Cancel);
        Add(expected, dark);
        Assert.Equal(Volumes.Samples(expected), Volumes.Samples(restored));
        Assert.InRange(residual, 1e-6, 0.5);
    }

    [Fact]
    public void A_stream_gives_the_bits_of_the_whole_when_the_last_plane_has_come_and_serves_another_stack()
    {
        var engine = new RichardsonLucyEngine(Scan, Iterations);
        using FloatVolume acquired = Acquired(), expected = new(Scan.Grid.Shape), streamed = new(Scan.Grid.Shape);
        engine.Restore(null, acquired, Factors.One, 0, Options, expected, out double residual, Cancel);
        int received = 0;
        using IPlaneRestorer stream = engine.OpenStream(null, acquired.Shape, Factors.One, 0, Options, (z, plane) =>
        {
            Assert.Equal(received++, z);
            plane.CopyTo(streamed.Plane(z));
        });

        for (int round = 0; round < 2; round++, received = 0, stream.Reset())
        {
            for (int z = 0; z < acquired.Shape.Z; z++)
            {
                Assert.Equal(0, received);
                stream.Push(acquired.Plane(z), nextAtHand: true, Cancel);
            }

            Assert.Equal((expected.Shape.Z, residual), (received, stream.Complete()));
            Assert.Equal(Volumes.Samples(expected), Volumes.Samples(streamed));
        }
    }

    [Fact]
    public void It_has_nothing_to_tune_and_takes_no_model()
    {
        ScanRestoration how = RichardsonLucyEngine.Restoration(Scan, new IsotropicScanOptions());
        Assert.Equal(("richardson-lucy", "richardson-lucy learns nothing"), (how.Baseline, how.WhyNotTuned));
        Assert.Throws<RestorationException>(() => how.Engine.OpenStream(Models.Of(1), Scan.Shape, Factors.One, 0, Options, (_, _) => { }));
        Assert.Throws<DataFormatException>(() => how.ReadModel([]));
    }

    private static FloatVolume Acquired()
    {
        FloatVolume rods = Volumes.Rods(new(6, 20, 24), 3);
        rods.Plane(0)[0] = 0; // the darkest
        return rods;
    }

    private static void Add(FloatVolume volume, float value)
    {
        for (int z = 0; z < volume.Shape.Z; z++)
        {
            foreach (ref float sample in volume.Plane(z)) sample += value;
        }
    }
}
