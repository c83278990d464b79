using Acquisition.Conditioning;
using Acquisition.Core;
using Acquisition.Storage.Tiff;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Conditioning;

public sealed class LinePhaseCorrectionTests : ConditioningCase
{
    private const string Recording = "shared/data/neurons_2p_cortexB_24x256x256_u16.tif";

    [Theory]
    [InlineData("neurites", 0)]
    [InlineData("neurites", 0.3)]
    [InlineData("neurites", 0.5)]
    [InlineData("neurites", -1.6)]
    [InlineData("neurites", 4.2)]
    [InlineData("nuclei", 0.4)]
    [InlineData("nuclei", -2.7)]
    [InlineData("beads", 0.8)]
    public void A_known_shift_is_found_to_a_tenth_of_a_pixel_at_the_noise_of_a_photomultiplier(string specimen, double phasePx)
    {
        VolumeBuffer volume = Conditioned(Scan(specimen, phasePx));
        LinePhase found = new LinePhaseCorrection(volume.Shape).Correct(volume, []);
        Assert.Equal(phasePx, Assert.NotNull(found.EstimatedPx), 0.1);
        Assert.InRange(Assert.NotNull(found.ErrorPx), 0, 0.1);
        Assert.Equal(found.EstimatedPx, found.CorrectedPx);
    }

    [Fact]
    public void Corrected_odd_rows_come_closer_to_a_scan_without_shift_and_even_rows_stay()
    {
        VolumeBuffer straight = Conditioned(Scan("neurites", 0, noiseless: true));
        VolumeBuffer shifted = Conditioned(Scan("neurites", 0.5, noiseless: true)), corrected = Copy(shifted);
        LinePhase found = new LinePhaseCorrection(shifted.Shape).Correct(corrected, []);

        Assert.Equal(0.5, found.CorrectedPx, 0.03);
        Assert.Equal(Rows(shifted, 0), Rows(corrected, 0));
        double before = RootMeanSquare(Rows(straight, 1), Rows(shifted, 1)), after = RootMeanSquare(Rows(straight, 1), Rows(corrected, 1));
        Assert.True(after < before / 4, $"{before} before, {after} after");
    }

    [Fact]
    public void A_background_that_changes_along_rows_is_no_shift()
    {
        var random = new Random(9);
        VolumeBuffer volume = Floats(new(12, 64, 96), (_, y, x) => random.Next(80, 120) + 4 * (x - 48) * Math.Sin(y) + 300 * Math.Exp(-Math.Pow((x - 48) / 40.0, 2)));
        Assert.Equal(0, new LinePhaseCorrection(volume.Shape).Correct(volume, []).CorrectedPx);
    }

    [Fact]
    public void Noise_alone_gives_no_estimate_to_rely_on_and_nothing_moves()
    {
        var random = new Random(8);
        VolumeBuffer volume = Floats(new(12, 64, 96), (_, _, _) => random.Next(80, 120)), before = Copy(volume);
        Assert.Equal(0, new LinePhaseCorrection(volume.Shape).Correct(volume, []).CorrectedPx);
        Assert.Equal(Bytes(before), Bytes(volume));
    }

    [Theory]
    [InlineData(4, 64, 96)]
    [InlineData(1, 1, 40)]
    [InlineData(1, 2, 40)]
    [InlineData(2, 3, 5)]
    public void A_constant_or_tiny_volume_gives_no_estimate(int z, int y, int x)
    {
        VolumeBuffer volume = Floats(new(z, y, x), (_, _, _) => 100);
        LinePhase found = new LinePhaseCorrection(volume.Shape).Correct(volume, []);
        Assert.Null(found.EstimatedPx);
        Assert.Null(found.ErrorPx);
        Assert.Equal(0, found.CorrectedPx);
    }

    [Fact]
    public void Missing_planes_are_left_out()
    {
        VolumeBuffer volume = Conditioned(Scan("neurites", 0.7));
        volume.Plane(3).Clear();
        volume.Plane(4).Clear();
        LinePhase found = new LinePhaseCorrection(volume.Shape).Correct(volume, [3, 4]);
        Assert.Equal(0.7, found.CorrectedPx, 0.1);
        Assert.All(volume.Plane<float>(3).ToArray(), sample => Assert.Equal(0, sample));
    }

    [Theory]
    [InlineData(0.6)]
    [InlineData(-1.3)]
    public void In_a_recorded_volume_a_shift_that_was_added_is_found(double addedPx)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, Recording))) folder = folder.Parent;
        Assert.SkipWhen(folder is null, $"There is no {Recording} beside the repository.");
        using TiffStack stack = TiffStack.Open(Path.Combine(folder.FullName, Recording));
        VolumeBuffer raw = Empty(stack.Shape, stack.PixelType), volume = Conditioned(raw);
        for (int z = 0; z < stack.Shape.Z; z++) stack.ReadPlane(new(0, 0, z), raw.Plane(z));
        VolumeBuffer as_it_is = Conditioned(raw), added = Floats(raw.Shape, (z, y, x) =>
            y % 2 == 0 ? raw.Plane<ushort>(z)[y * raw.Shape.X + x] : Between(raw.Plane<ushort>(z).Slice(y * raw.Shape.X, raw.Shape.X), x - addedPx));

        var correction = new LinePhaseCorrection(raw.Shape);
        double own = correction.Correct(as_it_is, []).EstimatedPx!.Value;
        Assert.Equal(own + addedPx, Assert.NotNull(correction.Correct(added, []).EstimatedPx), 0.1);
    }

    private VolumeBuffer Conditioned(VolumeBuffer raw) => Floats(raw.Shape, (z, y, x) => raw.Plane<ushort>(z)[y * raw.Shape.X + x]);

    /// <summary>By the sinc of the sampling theorem, tapered over eight samples to each side.</summary>
    private static double Between(ReadOnlySpan<ushort> row, double x)
    {
        double sum = 0, weights = 0;
        for (int i = (int)Math.Floor(x) - 7; i <= (int)Math.Floor(x) + 8; i++)
        {
            double d = x - i, weight = d == 0 ? 1 : Math.Sin(Math.PI * d) / (Math.PI * d) * Math.Pow(Math.Cos(Math.PI * d / 18), 2);
            sum += weight * row[Math.Clamp(i, 0, row.Length - 1)];
            weights += weight;
        }

        return sum / weights;
    }

    /// <summary>Every second row from the given one on, without what lies near the borders.</summary>
    private static float[] Rows(VolumeBuffer volume, int first) =>
    [
        .. from z in Enumerable.Range(0, volume.Shape.Z)
           from y in Enumerable.Range(0, volume.Shape.Y).Where(y => y % 2 == first)
           from x in Enumerable.Range(4, volume.Shape.X - 8)
           select volume.Plane<float>(z)[y * volume.Shape.X + x],
    ];
}
