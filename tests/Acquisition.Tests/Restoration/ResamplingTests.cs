using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Sampling;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Restoration;

public sealed class ResamplingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(8, 12, 16, 2, 2, 2)]
    [InlineData(5, 9, 41, 1, 2, 2)]
    [InlineData(7, 11, 35, 2, 2, 2)]
    [InlineData(9, 16, 40, 4, 4, 4)]
    [InlineData(6, 13, 33, 2, 1, 4)]
    [InlineData(1, 10, 10, 1, 2, 2)]
    [InlineData(2, 2, 3, 2, 2, 2)]
    public void Shrinking_and_enlarging_agree_with_dense_matrices(int z, int y, int x, int fz, int fy, int fx)
    {
        using var oracle = new RestorationOracle();
        RestorationOracle.Run("resample", oracle.Folder, $"{z},{y},{x}", $"{fz},{fy},{fx}");
        var factors = new Factors(fz, fy, fx);
        VolumeShape fine = new(z, y, x), coarse = Resampling.ShrunkShape(fine, factors);
        using FloatVolume source = oracle.Volume("fine", fine), given = oracle.Volume("coarse", coarse);
        using FloatVolume shrunk = new(coarse), enlarged = new(fine);

        Resampling.Shrink(source, factors, shrunk, 1, Cancel);
        Resampling.Enlarge(given, factors, enlarged, 1, Cancel);

        Assert.True(Volumes.MaxError(oracle.Floats("coarse"), Volumes.Samples(shrunk)) < 1e-6);
        Assert.True(Volumes.MaxError(oracle.Floats("enlarged"), Volumes.Samples(enlarged)) < 1e-6);
    }

    [Fact]
    public void Interior_weights_are_the_published_ones()
    {
        // Keys' kernel with a = −0.5, stretched by 2 and by 4, and at quarter distances: MATLAB's imresize.
        float[] half = [-0.011719f, -0.035156f, 0.113281f, 0.433594f];
        float[] quarter = [-.001709f, -.010986f, -.018311f, -.011963f, .022705f, .097412f, .181885f, .240967f];
        AssertClose([.. half, .. half.Reverse()], CubicTaps.Shrinking(2).Weights(0));
        AssertClose([.. quarter, .. quarter.Reverse()], CubicTaps.Shrinking(4).Weights(0));
        AssertClose([-.023438f, .226562f, .867188f, -.070312f], CubicTaps.Enlarging(2).Weights(0));
        AssertClose([-.070312f, .867188f, .226562f, -.023438f], CubicTaps.Enlarging(2).Weights(1));
        Assert.Equal(-3, CubicTaps.Shrinking(2).First(0));
        Assert.Equal(-2, CubicTaps.Enlarging(2).First(0));
        Assert.Equal(-1, CubicTaps.Enlarging(2).First(1));

        static void AssertClose(float[] expected, ReadOnlySpan<float> found) =>
            Assert.True(Volumes.MaxError(expected, found.ToArray()) < 1e-6);
    }

    [Fact]
    public void Both_borders_are_mirrored_alike()
    {
        // Extents that are multiples of the factors: the grids then lie symmetrically.
        VolumeShape fine = new(8, 12, 20);
        var factors = new Factors(2, 4, 2);
        using FloatVolume source = Volumes.Random(fine, 1), mirrored = Mirror(source);
        VolumeShape coarse = Resampling.ShrunkShape(fine, factors);
        using FloatVolume shrunk = new(coarse), shrunkMirrored = new(coarse), enlarged = new(fine), enlargedMirrored = new(fine);

        Resampling.Shrink(source, factors, shrunk, 1, Cancel);
        Resampling.Shrink(mirrored, factors, shrunkMirrored, 1, Cancel);
        Resampling.Enlarge(shrunk, factors, enlarged, 1, Cancel);
        Resampling.Enlarge(shrunkMirrored, factors, enlargedMirrored, 1, Cancel);

        using FloatVolume shrunkBack = Mirror(shrunkMirrored), enlargedBack = Mirror(enlargedMirrored);
        Assert.True(Volumes.MaxError(Volumes.Samples(shrunk), Volumes.Samples(shrunkBack)) < 1e-6);
        Assert.True(Volumes.MaxError(Volumes.Samples(enlarged), Volumes.Samples(enlargedBack)) < 1e-6);

        static FloatVolume Mirror(FloatVolume v) => Volumes.From(v.Shape, (z, y, x) =>
            v.Plane(v.Shape.Z - 1 - z)[(v.Shape.Y - 1 - y) * v.Shape.X + v.Shape.X - 1 - x]);
    }

    [Fact]
    public void The_number_of_threads_does_not_change_a_bit()
    {
        VolumeShape fine = new(13, 22, 37);
        var factors = new Factors(2, 2, 2);
        VolumeShape coarse = Resampling.ShrunkShape(fine, factors);
        using FloatVolume source = Volumes.Random(fine, 2);
        using FloatVolume one = new(coarse), three = new(coarse), fineOne = new(fine), fineThree = new(fine);

        Resampling.Shrink(source, factors, one, threads: 1, Cancel);
        Resampling.Shrink(source, factors, three, threads: 3, Cancel);
        Resampling.Enlarge(one, factors, fineOne, threads: 1, Cancel);
        Resampling.Enlarge(one, factors, fineThree, threads: 3, Cancel);

        Assert.Equal(Volumes.Samples(one), Volumes.Samples(three));
        Assert.Equal(Volumes.Samples(fineOne), Volumes.Samples(fineThree));
    }

    [Fact]
    public void Grids_that_do_not_fit_are_refused_with_both_shapes()
    {
        using FloatVolume fine = new(new(4, 8, 8)), coarse = new(new(2, 4, 5));
        var error = Assert.Throws<ArgumentException>(() => Resampling.Shrink(fine, new(2, 2, 2), coarse, 1, Cancel));
        Assert.Contains("2×4×4", error.Message, StringComparison.Ordinal);
        Assert.Contains("2×4×5", error.Message, StringComparison.Ordinal);
    }
}
