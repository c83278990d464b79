using System.Runtime.InteropServices;
using Acquisition.Core;
using Acquisition.HardwareSim;
using Acquisition.HardwareSim.Optics;
using Acquisition.HardwareSim.Phantoms;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.HardwareSim;

public sealed class PhantomSeriesTests
{
    private static readonly Announcement Announcement = new() { ScanId = Guid.NewGuid(), Stream = "sim" };

    private static readonly ImagingOptions Still = new()
    {
        Specimen = "nuclei",
        Mode = "light-sheet",
        Field = new(new VolumeShape(16, 64, 64), new() { ZUm = 0.5, YUm = 0.25, XUm = 0.2 }),
        PointSpread = PointSpread.LightSheet(),
        Detector = Detector.Camera,
        TimePoints = 3,
        Channels = 2,
    };

    private static readonly ImagingOptions StillNoiseless = Still with { Detector = Detector.Camera with { Noiseless = true } };

    public static TheoryData<string> Specimens => ["beads", "nuclei", "neurites"];

    [Theory, MemberData(nameof(Specimens))]
    public void The_same_seed_makes_the_same_frames_in_any_order_and_another_seed_makes_others(string specimen)
    {
        ImagingOptions options = Still with { Specimen = specimen, Moving = true };
        using var first = new PhantomSeries(options, Announcement);
        using var second = new PhantomSeries(options, Announcement);
        using var other = new PhantomSeries(options with { Seed = 2 }, Announcement);

        ushort[] atZero = Frames(first, new(0, 0));
        ushort[] atTwo = Frames(first, new(2, 0));
        _ = Frames(second, new(0, 0));
        _ = Frames(second, new(1, 1));

        Assert.Equal(atTwo, Frames(second, new(2, 0)));
        Assert.Equal(atZero, Frames(second, new(0, 0)));
        Assert.NotEqual(atZero, Frames(other, new(0, 0)));
    }

    [Fact]
    public void Out_of_focus_a_spot_gets_wider_by_the_sum_of_squares_and_keeps_its_light()
    {
        PointSpread sharp = PointSpread.LightSheet();
        using var series = new PhantomSeries(StillNoiseless with { DefocusFrom = 2, Defocused = sharp.Widened(1.2) }, Announcement);
        using var wide = new PhantomSeries(
            StillNoiseless with { PointSpread = new() { FwhmUm = new() { ZUm = Add(sharp.FwhmUm.ZUm), YUm = Add(sharp.FwhmUm.YUm), XUm = Add(sharp.FwhmUm.XUm) } } }, Announcement);
        using var still = new PhantomSeries(StillNoiseless, Announcement);

        ushort[] inFocus = Frames(still, new(0, 0)), outOfFocus = Frames(wide, new(0, 0));
        Assert.Equal(inFocus, Frames(series, new(0, 0)));
        Assert.Equal(inFocus, Frames(series, new(1, 0)));
        ushort[] blurred = Frames(series, new(2, 0));

        // The other series scales its light to its own brightest spot.
        double ratio = Light(blurred) / Light(outOfFocus);
        Assert.InRange(ratio, 0.1, 0.98);
        for (int i = 0; i < blurred.Length; i++) Assert.Equal(100 + ratio * (outOfFocus[i] - 100), blurred[i], 2.0);
        Assert.Equal(1, Light(blurred) / Light(inFocus), 0.02);

        static double Add(double um) => Math.Sqrt(um * um + 1.2 * 1.2);
        static double Light(ushort[] frames) => frames.Sum(count => count - 100.0);
    }

    [Theory, MemberData(nameof(Specimens))]
    public void Only_a_moving_specimen_moves_and_it_starts_where_the_still_one_lies(string specimen)
    {
        using var still = new PhantomSeries(StillNoiseless with { Specimen = specimen }, Announcement);
        using var moving = new PhantomSeries(StillNoiseless with { Specimen = specimen, Moving = true }, Announcement);

        ushort[] start = Frames(still, new(0, 0));

        Assert.Equal(start, Frames(moving, new(0, 0)));
        Assert.Equal(start, Frames(still, new(2, 0)));
        Assert.NotEqual(start, Frames(moving, new(1, 0)));
    }

    [Theory, MemberData(nameof(Specimens))]
    public void Each_channel_shows_a_population_of_its_own_at_full_brightness(string specimen)
    {
        using var series = new PhantomSeries(StillNoiseless with { Specimen = specimen }, Announcement);

        ushort[] one = Frames(series, new(0, 0));
        ushort[] two = Frames(series, new(0, 1));

        Assert.NotEqual(one, two);
        Assert.All((ushort[][])[one, two], frames =>
        {
            Assert.Equal(300, frames.Max()); // offset 100 and 200 photons
            Assert.Equal(100, frames.Min());
        });
    }

    [Fact]
    public void Every_exposure_has_noise_of_its_own()
    {
        using var series = new PhantomSeries(Still, Announcement);
        Assert.NotEqual(Frames(series, new(0, 0)), Frames(series, new(1, 0)));
    }

    [Fact]
    public void Noise_is_around_the_ideal_image()
    {
        using var ideal = new PhantomSeries(StillNoiseless, Announcement);
        using var noisy = new PhantomSeries(Still, Announcement);
        ushort[] expected = Frames(ideal, new(0, 0));
        ushort[] found = Frames(noisy, new(0, 0));

        // Σ(n − e)²/σ² over N samples is χ² of N with σ² = e⁻ + 1.6² and a twelfth for each of two roundings. Poisson's
        // fourth moment widens it by 1/e⁻, at most 1/2.56 here; five standard errors.
        double sum = expected.Zip(found).Sum(pair =>
            (pair.Second - pair.First) * (double)(pair.Second - pair.First) / (pair.First - 100 + 1.6 * 1.6 + 2.0 / 12));
        Assert.Equal(1, sum / expected.Length, 5 * Math.Sqrt(2.4 / expected.Length));
    }

    [Theory]
    [InlineData("cubic")]
    [InlineData("box")]
    public void The_undersampled_image_is_the_fine_one_sampled_coarser(string sampling)
    {
        var kernel = Enum.Parse<SamplingKernel>(sampling, ignoreCase: true);
        var factors = new Factors(2, 4, 1);
        ImagingOptions coarseOptions = StillNoiseless with { Factors = factors, Sampling = kernel };
        using var fineSeries = new PhantomSeries(StillNoiseless, Announcement);
        using var coarseSeries = new PhantomSeries(coarseOptions, Announcement);
        var fine = new FloatVolume(Still.Field.Shape);
        ushort[] counts = Frames(fineSeries, new(0, 0));
        for (int i = 0; i < counts.Length; i++) fine.Samples[i] = counts[i];

        ushort[] coarse = Frames(coarseSeries, new(0, 0));

        // Both were rounded, and the cubic may dip below the dark level where the camera cannot.
        FloatVolume expected = Undersampling.Apply(fine, factors, kernel);
        for (int i = 0; i < coarse.Length; i++) Assert.Equal(Math.Max(expected.Samples[i], 100), coarse[i], 1.2);
        Assert.Equal(new VolumeShape(8, 16, 64), coarseSeries.Plan.Shape);
        Assert.Equal(new VoxelSize { ZUm = 1, YUm = 1, XUm = 0.2 }, coarseSeries.Plan.VoxelSize);
        Assert.Equal(Still.Field.Shape, coarseSeries.Plan.RestoredShape);
    }

    [Fact]
    public async Task The_truth_is_the_fine_image_without_noise_in_camera_units()
    {
        using var folder = new HardwareSimFolder();
        using var ideal = new PhantomSeries(StillNoiseless with { Moving = true }, Announcement);
        using var series = new PhantomSeries(
            Still with { Moving = true, Factors = new Factors(2, 2, 2), Truth = new TruthFolder(folder["truth"]) }, Announcement);
        foreach (VolumeIndex index in (VolumeIndex[])[new(0, 0), new(0, 1), new(1, 0), new(1, 1)]) _ = Frames(series, index);
        _ = Frames(ideal, new(0, 1));
        ushort[] expected = Frames(ideal, new(1, 1));

        await HardwareSimPython.RunAsync(
            "import sys, tifffile; tifffile.imread(sys.argv[1]).astype('<u2').tofile(sys.argv[2])",
            Path.Combine(folder["truth"], "t001_c1.tif"), folder["pixels"]);

        byte[] truth = await File.ReadAllBytesAsync(folder["pixels"], TestContext.Current.CancellationToken);
        Assert.Equal(expected, MemoryMarshal.Cast<byte, ushort>(truth).ToArray());
        Assert.Equal(["t000_c0.tif", "t000_c1.tif", "t001_c0.tif", "t001_c1.tif"], Directory.GetFiles(folder["truth"]).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void The_plan_says_how_it_was_imaged()
    {
        using var series = new PhantomSeries(Still with { Mode = "two-photon" }, Announcement with { Interval = TimeSpan.FromSeconds(2) });
        ScanPlan plan = series.Plan;
        Assert.Equal((3, "two-photon", PixelType.UInt16), (plan.TimePoints, plan.Mode, plan.PixelType));
        Assert.Equal(["c0", "c1"], plan.Channels);
        Assert.Equal(TimeSpan.FromSeconds(2), plan.Interval);
        Assert.Equal(Still.PointSpread.FwhmUm, plan.PsfFwhm);
    }

    [Fact]
    public void A_single_plane_is_a_field_too()
    {
        ImagingOptions flat = StillNoiseless with { Field = Still.Field with { Shape = new VolumeShape(1, 32, 32) }, Specimen = "beads" };
        using var series = new PhantomSeries(flat, Announcement);
        Assert.Equal(300, Frames(series, new(0, 0)).Max());
    }

    private static ushort[] Frames(PhantomSeries series, VolumeIndex index)
    {
        series.Prepare(index);
        byte[] bytes = new byte[series.Plan.VolumeBytes];
        for (int z = 0; z < series.Plan.Shape.Z; z++)
        {
            series.ReadPlane(z, bytes.AsSpan(z * series.Plan.PlaneBytes, series.Plan.PlaneBytes));
        }

        return MemoryMarshal.Cast<byte, ushort>(bytes).ToArray();
    }
}
