using System.Text.Json;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Restoration;

public sealed class QualityTests
{
    [Theory]
    [InlineData(24, 30, 41)]
    [InlineData(6, 20, 23)]
    [InlineData(8, 12, 13)]
    [InlineData(1, 33, 29)]
    public void Both_scores_are_those_of_scikit_image(int z, int y, int x)
    {
        using var oracle = new RestorationOracle();
        using JsonDocument scores = JsonDocument.Parse(RestorationOracle.Run("quality", oracle.Folder, $"{z},{y},{x}"));
        VolumeShape shape = new(z, y, x);
        using FloatVolume a = oracle.Volume("a", shape), b = oracle.Volume("b", shape);

        Assert.Equal(scores.RootElement.GetProperty("psnr").GetDouble(), Quality.Psnr(b, a), 1e-6);
        Assert.Equal(scores.RootElement.GetProperty("ssim").GetDouble(), Quality.Ssim(b, a), 1e-9);
    }

    [Fact]
    public void A_volume_is_exactly_like_itself()
    {
        using FloatVolume volume = Volumes.Random(new(3, 14, 15), 1);
        Assert.Equal(double.PositiveInfinity, Quality.Psnr(volume, volume));
        Assert.Equal(1, Quality.Ssim(volume, volume), 1e-12);
    }

    [Fact]
    public void Volumes_of_two_shapes_are_refused()
    {
        using FloatVolume a = new(new(2, 12, 12)), b = new(new(2, 12, 13));
        Assert.Throws<ArgumentException>(() => Quality.Psnr(a, b));
    }
}
