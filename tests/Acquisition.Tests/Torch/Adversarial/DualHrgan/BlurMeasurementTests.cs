using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Tests.Bindings.TorchSharp;
using Acquisition.Tests.Support;
using Acquisition.Torch.Adversarial.DualHrgan;
using Xunit;

namespace Acquisition.Tests.Torch.Adversarial.DualHrgan;

[Collection(LibTorchPresence.Collection)]
public sealed class BlurMeasurementTests : IDisposable
{
    /// <summary>Coarse voxels across, and volumes of a library.</summary>
    private const int Edge = 24, Count = 4;

    private const double Offset = 100, CoarseUnits = 50, FineUnits = 400;

    private static readonly IntensityScale _coarseScale = new((float)Offset, (float)(Offset + CoarseUnits)), _fineScale = new((float)Offset, (float)(Offset + FineUnits));

    private readonly List<FloatVolume> _made = [];

    public BlurMeasurementTests() => TorchCases.Require();

    // Of the same specimens it is exact but for the kernel's grid; of others, how bright spots are and how close to one another makes a difference.
    [Theory]
    [InlineData(1.9, 0.95, 1, 0.03)]
    [InlineData(0.8, 1.4, 1, 0.03)]
    [InlineData(1.9, 0.95, 2, 0.1)]
    public void Blur_and_gain_between_two_libraries_are_found(double z, double lateral, int seed, double tolerance)
    {
        const double Gain = 1.7;
        ImmutableArray<FloatVolume> coarse = Coarse(seed, z, lateral, Gain, deviation: 0), fine = Fine(1);
        MeasuredBlur found = BlurMeasurement.Of(coarse, _coarseScale, fine, _fineScale, default);
        Assert.Equal(z, found.Z, tolerance * z);
        Assert.Equal(lateral, found.Lateral, tolerance * lateral);
        Assert.Equal(Gain, found.Gain, tolerance * Gain);
    }

    [Fact]
    public void Noise_of_the_coarse_detector_is_not_taken_for_sharpness()
    {
        const double Noise = 0.005;
        ImmutableArray<FloatVolume> coarse = Coarse(1, 1.9, 0.95, 1.7, Noise), fine = Fine(1);
        MeasuredBlur found = BlurMeasurement.Of(coarse, _coarseScale, fine, _fineScale, new DetectorNoise(Noise * Noise, 0));
        MeasuredBlur misled = BlurMeasurement.Of(coarse, _coarseScale, fine, _fineScale, default);
        Assert.Equal(1.9, found.Z, 0.05 * 1.9);
        Assert.Equal(0.95, found.Lateral, 0.05 * 0.95);
        Assert.True(misled.Z < 0.9 * found.Z, $"{misled.Z} where noise is ignored, {found.Z} where it is known");
    }

    [Fact]
    public void A_library_of_noise_is_refused()
    {
        ImmutableArray<FloatVolume> coarse = Coarse(1, 1, 1, 0, 0.1), fine = Fine(1);
        RestorationException refusal = Assert.Throws<RestorationException>(() => BlurMeasurement.Of(coarse, _coarseScale, fine, _fineScale, new DetectorNoise(0.01, 0)));
        Assert.Contains("blur_weight", refusal.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        foreach (FloatVolume volume in _made) volume.Dispose();
    }

    /// <summary>What the fine objective sees: four Gaussian spots of 1.5 fine voxels.</summary>
    private ImmutableArray<FloatVolume> Fine(int seed) => Library(seed, 3 * Edge, (spots, z, y, x) => Offset + FineUnits * spots.Sum(spot => spot.Light * Bell(spot, z, y, x, 1.5, 1.5)));

    /// <summary>Means over coarse voxels of the same, wider by a Gaussian of so many coarse voxels: variances add up, and a mean over three has 2/3.</summary>
    private ImmutableArray<FloatVolume> Coarse(int seed, double blurZ, double blurLateral, double gain, double deviation)
    {
        var chance = new Random(99);
        double across = Math.Sqrt(1.5 * 1.5 + 2.0 / 3 + 9 * blurLateral * blurLateral), along = Math.Sqrt(1.5 * 1.5 + 2.0 / 3 + 9 * blurZ * blurZ);
        double height = Math.Pow(1.5, 3) / (across * across * along);
        return Library(seed, Edge, (spots, z, y, x) =>
            Offset + CoarseUnits * (gain * height * spots.Sum(spot => spot.Light * Bell(spot, 3 * z + 1, 3 * y + 1, 3 * x + 1, along, across)) + deviation * Normal(chance)));
    }

    private ImmutableArray<FloatVolume> Library(int seed, int edge, Func<(double Z, double Y, double X, double Light)[], int, int, int, double> seen)
    {
        FloatVolume[] volumes = [.. Enumerable.Range(0, Count).Select(i =>
        {
            var spots = Spots(100 * seed + i);
            return Volumes.From(new VolumeShape(edge, edge, edge), (z, y, x) => seen(spots, z, y, x));
        })];
        _made.AddRange(volumes);
        return [.. volumes];
    }

    private static (double Z, double Y, double X, double Light)[] Spots(int seed)
    {
        var chance = new Random(seed);
        return [.. Enumerable.Range(0, 4).Select(_ => (At(), At(), At(), 0.6 + 0.4 * chance.NextDouble()))];

        // Away from the faces, beyond which it is dark.
        double At() => 18 + (3 * Edge - 36) * chance.NextDouble();
    }

    private static double Bell((double Z, double Y, double X, double Light) spot, double z, double y, double x, double along, double across) =>
        Math.Exp(-((z - spot.Z) * (z - spot.Z) / (along * along) + ((y - spot.Y) * (y - spot.Y) + (x - spot.X) * (x - spot.X)) / (across * across)) / 2);

    private static double Normal(Random chance) => Math.Sqrt(-2 * Math.Log(1 - chance.NextDouble())) * Math.Cos(2 * Math.PI * chance.NextDouble());
}
