namespace Acquisition.Torch.Isotropy;

/// <summary>A lateral plane and what it looks like degraded along x, row-major, scaled.</summary>
internal sealed record PlanePair(float[] Target, float[] Input, int Height, int Width)
{
    /// <summary>The middle of both, at most so high and wide and a multiple of 4.</summary>
    public PlanePair Middle(int edge)
    {
        int height = Math.Min(edge, Height) & ~3, width = Math.Min(edge, Width) & ~3;
        int y = (Height - height) / 2, x = (Width - width) / 2;
        return new PlanePair(Cut(Target), Cut(Input), height, width);

        float[] Cut(float[] plane)
        {
            var cut = new float[height * width];
            for (int row = 0; row < height; row++) plane.AsSpan((y + row) * Width + x, width).CopyTo(cut.AsSpan(row * width));
            return cut;
        }
    }

    /// <summary>20 log10 max(target) − 10 log10 MSE (Weigert et al. 2017, eq. 3).</summary>
    public double Psnr(ReadOnlySpan<float> found)
    {
        double squares = 0, brightest = 0;
        for (int i = 0; i < Target.Length; i++)
        {
            double error = (double)found[i] - Target[i];
            squares += error * error;
            brightest = Math.Max(brightest, Target[i]);
        }
        return 20 * Math.Log10(brightest) - 10 * Math.Log10(squares / Target.Length);
    }
}
