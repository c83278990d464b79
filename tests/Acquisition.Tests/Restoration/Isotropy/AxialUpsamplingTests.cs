using System.Globalization;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Isotropy;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Restoration.Isotropy;

public sealed class AxialUpsamplingTests
{
    [Theory]
    [InlineData(6, 5, 7, "4.0", 24)]
    [InlineData(5, 3, 40, "10.2", 51)]
    [InlineData(2, 4, 9, "2.5", 5)]
    [InlineData(1, 4, 9, "3.0", 3)]
    [InlineData(7, 9, 11, "1.0", 7)]
    public void Planes_are_those_of_cubic_convolution_at_their_depths(int z, int y, int x, string ratio, int planes)
    {
        using var oracle = new RestorationOracle();
        RestorationOracle.RunScript("isotropy.py", "upsample", oracle.Folder, $"{z},{y},{x}", ratio);
        double sigma = double.Parse(ratio, CultureInfo.InvariantCulture);
        VolumeShape fine = AxialUpsampling.Shape(new(z, y, x), sigma);
        Assert.Equal(new(planes, y, x), fine);
        using FloatVolume stack = oracle.Volume("stack", new(z, y, x)), one = new(fine), two = new(fine);
        AxialUpsampling.Apply(stack, sigma, one, 1, TestContext.Current.CancellationToken);
        AxialUpsampling.Apply(stack, sigma, two, 2, TestContext.Current.CancellationToken);
        Assert.InRange(Volumes.MaxError(oracle.Floats("fine"), Volumes.Samples(one)), 0, 5e-7);
        Assert.Equal(Volumes.Samples(one), Volumes.Samples(two));
    }

    [Fact]
    public void Acquired_planes_stay_as_they_are_and_fewer_planes_may_be_asked_for()
    {
        using FloatVolume stack = Volumes.Random(new(5, 6, 7), 4), fine = new(new(SamplingRatio.MeasuredCount(5, 3), 6, 7));
        AxialUpsampling.Apply(stack, 3, fine, 1, TestContext.Current.CancellationToken);
        for (int k = 0; k < 5; k++) Assert.Equal(stack.Plane(k).ToArray(), fine.Plane(3 * k).ToArray());
        using FloatVolume more = new(new(16, 6, 7));
        Assert.Throws<ArgumentException>(() => AxialUpsampling.Apply(stack, 3, more, 1, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_training_input_is_interpolated_as_a_stack_is()
    {
        // One line of a lateral plane, and the same line as a stack of its thinned-out samples.
        const int length = 61;
        const double ratio = 4.6;
        var random = new Random(8);
        float[] line = [.. Enumerable.Range(0, length).Select(_ => random.NextSingle())], degraded = new float[length];
        new LateralDegradation(PlaneKernel.Identity, ratio).Apply(line, 1, length, LateralAxis.X, degraded);
        int count = SamplingRatio.CoarseCount(length, ratio);
        using FloatVolume stack = Volumes.From(new(count, 1, 1), (k, _, _) =>
        {
            int below = (int)(k * ratio);
            return line[below] + (float)(k * ratio - below) * (line[below + 1] - line[below]);
        });
        using FloatVolume fine = new(new(SamplingRatio.MeasuredCount(count, ratio), 1, 1));
        AxialUpsampling.Apply(stack, ratio, fine, 1, TestContext.Current.CancellationToken);
        for (int i = 0; i < fine.Shape.Z; i++) Assert.Equal(fine.Plane(i)[0], degraded[i], 1e-6f);
    }

    [Theory]
    [InlineData(0.3, 0.1, 3)] // 2.9999999999999996 in double precision
    [InlineData(5.1, 0.5, 10.2)]
    [InlineData(0.1, 0.1, 1)]
    public void The_ratio_is_the_distance_of_planes_in_pixels(double zUm, double xUm, double ratio) =>
        Assert.Equal(ratio, SamplingRatio.Of(new() { ZUm = zUm, YUm = xUm, XUm = xUm }));

    [Theory]
    [InlineData(0.05, 0.1, 0.1)]
    [InlineData(7, 0.1, 0.1)]
    [InlineData(0.3, 0.1, 0.12)]
    public void Voxels_that_it_cannot_serve_are_refused(double zUm, double yUm, double xUm) =>
        Assert.Throws<RestorationException>(() => SamplingRatio.Of(new() { ZUm = zUm, YUm = yUm, XUm = xUm }));

    [Theory]
    [InlineData(128, 8, 16, 128, 121)]
    [InlineData(121, 8, 16, 128, 121)]
    [InlineData(120, 8, 15, 120, 113)]
    [InlineData(100, 10.2, 10, 102, 92)]
    public void Counts_belong_together(int length, double ratio, int coarse, int fine, int measured)
    {
        Assert.Equal(coarse, SamplingRatio.CoarseCount(length, ratio));
        Assert.Equal(fine, SamplingRatio.FineCount(coarse, ratio));
        Assert.Equal(measured, SamplingRatio.MeasuredCount(coarse, ratio));
    }
}
