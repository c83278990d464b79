namespace Acquisition.HardwareSim.Optics;

/// <summary>What a scanner that goes to and fro does when it takes the way back for a little earlier or later than it is.</summary>
internal static class RasterScan
{
    /// <summary>Samples a volume whose odd rows show the specimen further along x.</summary>
    /// <param name="fine">Stays as it is.</param>
    /// <param name="phasePx">How much further, in coarse pixels.</param>
    /// <param name="sample">Makes the coarse volume.</param>
    public static FloatVolume Apply(FloatVolume fine, double phasePx, int factor, Func<FloatVolume, FloatVolume> sample)
    {
        FloatVolume forth = sample(fine);
        if (phasePx == 0) return forth;
        FloatVolume back = sample(Shift(phasePx * factor).Apply(fine, axis: 2));
        for (int row = 0; row < forth.Shape.Z * forth.Shape.Y; row++)
        {
            if (row % forth.Shape.Y % 2 != 0) continue;
            int offset = row * forth.Shape.X;
            forth.Samples.AsSpan(offset, forth.Shape.X).CopyTo(back.Samples.AsSpan(offset));
        }

        return back;
    }

    /// <summary>Moves a picture up its axis by any number of samples, by cubic convolution.</summary>
    private static AxisFilter Shift(double samples)
    {
        int whole = (int)Math.Floor(-samples);
        double fraction = -samples - whole;
        return new AxisFilter([.. Enumerable.Range(-1, 4).Select(tap => Undersampling.Keys(tap - fraction))], whole - 1);
    }
}
