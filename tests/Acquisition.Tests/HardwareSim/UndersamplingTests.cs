using System.Runtime.InteropServices;
using Acquisition.Core;
using Acquisition.HardwareSim;
using Acquisition.HardwareSim.Optics;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.HardwareSim;

public sealed class UndersamplingTests
{
    // MATLAB's imresize with antialiasing, one axis at a time, straight from its documentation: output sample i lies at
    // (i + 0.5)·f − 0.5, Keys' kernel is stretched by f, rows are normalised, both borders are mirrored.
    internal const string Oracle =
        """
        import sys, numpy as np
        source, target, shape, factors, kernel = sys.argv[1:6]
        volume = np.fromfile(source, '<f4').reshape([int(n) for n in shape.split(',')]).astype(float)
        def keys(t):
            t = np.abs(t)
            return np.where(t <= 1, 1.5*t**3 - 2.5*t**2 + 1, np.where(t <= 2, -0.5*t**3 + 2.5*t**2 - 4*t + 2, 0))
        def box(t):
            return ((t >= -0.5) & (t < 0.5)).astype(float)
        for axis, f in enumerate(int(n) for n in factors.split(',')):
            if f == 1: continue
            n = volume.shape[axis]
            matrix = np.zeros((n // f, n))
            for i in range(n // f):
                centre = (i + 0.5) * f - 0.5
                taps = np.arange(np.floor(centre - 2 * f) - 1, np.ceil(centre + 2 * f) + 2).astype(int)
                weights = (keys if kernel == 'cubic' else box)((taps - centre) / f)
                for j, w in zip(taps % (2 * n), weights / weights.sum()):
                    matrix[i, j if j < n else 2 * n - 1 - j] += w
            volume = np.moveaxis(np.tensordot(matrix, volume, (1, axis)), 0, axis)
        volume.astype('<f8').tofile(target)
        """;

    [Theory]
    [InlineData(2, new[] { 0.433594, 0.113281, -0.035156, -0.011719 })]
    [InlineData(4, new[] { .240967, .181885, .097412, .022705, -.011963, -.018311, -.010986, -.001709 })]
    public void Cubic_weights_are_those_of_imresize(int factor, double[] fromTheCentre)
    {
        double[] weights = Undersampling.Weights(factor, SamplingKernel.Cubic);

        Assert.Equal(4 * factor, weights.Length);
        for (int i = 0; i < fromTheCentre.Length; i++)
        {
            Assert.Equal(fromTheCentre[i], weights[2 * factor + i], 1e-6);
            Assert.Equal(fromTheCentre[i], weights[2 * factor - 1 - i], 1e-6);
        }
    }

    [Theory]
    [InlineData("cubic", 2, 2, 2)]
    [InlineData("cubic", 1, 4, 2)]
    [InlineData("cubic", 4, 4, 4)]
    [InlineData("box", 2, 4, 1)]
    public async Task Agrees_with_numpy(string kernel, int z, int y, int x)
    {
        using var folder = new HardwareSimFolder();
        var random = new Random(Seed: 7);
        var fine = new FloatVolume(new VolumeShape(8, 20, 36)); // 8 is shorter than the 16 taps of a factor of 4
        for (int i = 0; i < fine.Samples.Length; i++) fine.Samples[i] = random.NextSingle();
        await File.WriteAllBytesAsync(
            folder["fine"], MemoryMarshal.AsBytes(fine.Samples.AsSpan()).ToArray(), TestContext.Current.CancellationToken);
        await HardwareSimPython.RunAsync(Oracle, folder["fine"], folder["coarse"], "8,20,36", $"{z},{y},{x}", kernel);
        byte[] expected = await File.ReadAllBytesAsync(folder["coarse"], TestContext.Current.CancellationToken);

        FloatVolume coarse = Undersampling.Apply(fine, new Factors(z, y, x), Kernel(kernel));

        Assert.Equal(new VolumeShape(8 / z, 20 / y, 36 / x), coarse.Shape);
        ReadOnlySpan<double> values = MemoryMarshal.Cast<byte, double>(expected);
        Assert.Equal(values.Length, coarse.Samples.Length);
        for (int i = 0; i < values.Length; i++) Assert.Equal(values[i], coarse.Samples[i], 1e-6);
    }

    [Theory]
    [InlineData("cubic")]
    [InlineData("box")]
    public void A_ramp_is_sampled_at_the_centre_of_what_each_sample_covers(string kernel)
    {
        var fine = new FloatVolume(new VolumeShape(1, 1, 64));
        for (int i = 0; i < 64; i++) fine.Samples[i] = i;

        FloatVolume coarse = Undersampling.Apply(fine, new Factors(1, 1, 4), Kernel(kernel));

        for (int i = 2; i < 14; i++) Assert.Equal((i + 0.5) * 4 - 0.5, coarse.Samples[i], 1e-4);
    }

    [Fact]
    public void The_crop_keeps_the_largest_multiple_of_the_factor() =>
        Assert.Equal(new VolumeShape(24, 142, 96), Undersampling.Crop(new VolumeShape(27, 143, 96), new Factors(4, 2, 1)));

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(-3, 2)]
    [InlineData(3, 2)]
    [InlineData(5, 0)]
    [InlineData(6, 0)]
    [InlineData(-4, 2)]
    [InlineData(-7, 0)]
    public void Borders_repeat_the_edge_sample_and_turn_back(int index, int expected) =>
        Assert.Equal(expected, AxisFilter.Mirror(index, 3));

    private static SamplingKernel Kernel(string name) => Enum.Parse<SamplingKernel>(name, ignoreCase: true);
}
