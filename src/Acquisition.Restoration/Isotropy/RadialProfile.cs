using Acquisition.Restoration.Sampling;

namespace Acquisition.Restoration.Isotropy;

/// <summary>Mean of a point spread function over circles in its focal plane or over spheres, by cubic interpolation.</summary>
internal sealed class RadialProfile
{
    private const int StepsPerPixel = 8;
    private const int Directions = 96;

    private readonly double[] _means;

    public RadialProfile(PointSpreadFunction psf, IsotropicAverage average, int radius)
    {
        _means = new double[radius * StepsPerPixel + 1];
        for (int i = 0; i < _means.Length; i++)
        {
            double r = (double)i / StepsPerPixel, sum = 0;
            for (int d = 0; d < Directions; d++)
            {
                // On a sphere, equal steps in height and the golden angle spread directions evenly.
                double height = average == IsotropicAverage.FocalPlane ? 0 : (2 * d + 1.0) / Directions - 1;
                double angle = average == IsotropicAverage.FocalPlane ? 2 * Math.PI * d / Directions : Math.PI * (3 - Math.Sqrt(5)) * d;
                var (sine, cosine) = Math.SinCos(angle);
                double across = r * Math.Sqrt(1 - height * height);
                sum += Sample(psf, r * height, across * sine, across * cosine);
            }
            _means[i] = Math.Max(0, sum / Directions);
        }
    }

    /// <summary>0 beyond the radius.</summary>
    public double At(double r)
    {
        double at = r * StepsPerPixel;
        int i = (int)at;
        if (i >= _means.Length - 1) return i == _means.Length - 1 && at == i ? _means[i] : 0;
        return _means[i] + (at - i) * (_means[i + 1] - _means[i]);
    }

    private static double Sample(PointSpreadFunction psf, double z, double y, double x)
    {
        z += psf.Shape.Z / 2;
        y += psf.Shape.Y / 2;
        x += psf.Shape.X / 2;
        int z0 = (int)Math.Floor(z), y0 = (int)Math.Floor(y), x0 = (int)Math.Floor(x);
        double sum = 0;
        for (int k = Math.Max(z0 - 1, 0); k <= Math.Min(z0 + 2, psf.Shape.Z - 1); k++)
        {
            double wz = CubicTaps.Keys(z - k);
            if (wz == 0) continue;
            for (int j = Math.Max(y0 - 1, 0); j <= Math.Min(y0 + 2, psf.Shape.Y - 1); j++)
            {
                double wy = wz * CubicTaps.Keys(y - j);
                for (int i = Math.Max(x0 - 1, 0); i <= Math.Min(x0 + 2, psf.Shape.X - 1); i++) sum += wy * CubicTaps.Keys(x - i) * psf.At(k, j, i);
            }
        }
        return sum;
    }
}
