using Acquisition.Restoration.Sampling;

namespace Acquisition.Restoration.Registration;

/// <summary>Resamples a plane at places that a field gives.</summary>
internal static class PlaneWarp
{
    private const int Taps = 4;

    public static void Run(ReadOnlySpan<float> plane, PairField field, Span<float> laid)
    {
        int height = field.Height, width = field.Width;
        Span<double> across = stackalloc double[Taps];
        Span<int> columns = stackalloc int[Taps];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                Shift shift = field.At(y, x);
                double atY = y + shift.Y, atX = x + shift.X;
                int firstY = (int)Math.Floor(atY) - 1, firstX = (int)Math.Floor(atX) - 1;
                for (int t = 0; t < Taps; t++)
                {
                    across[t] = CubicTaps.Keys(atX - firstX - t);
                    columns[t] = CubicTaps.Mirror(firstX + t, width);
                }

                double sum = 0;
                for (int s = 0; s < Taps; s++)
                {
                    double down = CubicTaps.Keys(atY - firstY - s);
                    // A weight of 0 takes nothing, not even of what is not finite.
                    if (down == 0) continue;
                    ReadOnlySpan<float> row = plane.Slice(CubicTaps.Mirror(firstY + s, height) * width, width);
                    double line = 0;
                    for (int t = 0; t < Taps; t++)
                    {
                        if (across[t] != 0) line += across[t] * row[columns[t]];
                    }

                    sum += down * line;
                }

                laid[y * width + x] = (float)sum;
            }
        }
    }
}
