using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Uncertainty;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Restoration.Uncertainty;

public sealed class GradientTests
{
    [Theory]
    [InlineData(5, 7, 9)]
    [InlineData(1, 8, 16)]
    [InlineData(2, 1, 17)]
    [InlineData(3, 2, 1)]
    [InlineData(1, 1, 2)]
    public void Differences_are_central_inside_and_one_sided_at_borders(int z, int y, int x)
    {
        var shape = new VolumeShape(z, y, x);
        using FloatVolume volume = Volumes.Random(shape, seed: 11);
        float[] samples = Volumes.Samples(volume);
        double At(int iz, int iy, int ix) => samples[(iz * y + iy) * x + ix];
        static double Difference(int i, int length, Func<int, double> at) =>
            length == 1 ? 0
            : i == 0 ? at(1) - at(0)
            : i == length - 1 ? at(i) - at(i - 1)
            : (at(i + 1) - at(i - 1)) / 2;

        var found = new float[shape.PlaneVoxels];
        for (int iz = 0; iz < z; iz++)
        {
            Gradient.Plane(volume, iz, found);
            for (int iy = 0; iy < y; iy++)
            {
                for (int ix = 0; ix < x; ix++)
                {
                    double inZ = Difference(iz, z, i => At(i, iy, ix)), inY = Difference(iy, y, i => At(iz, i, ix)), inX = Difference(ix, x, i => At(iz, iy, i));
                    Assert.Equal(Math.Sqrt(inZ * inZ + inY * inY + inX * inX), found[iy * x + ix], 1e-6);
                }
            }
        }
    }
}
