using System.Collections.Immutable;
using Acquisition.Torch.Adversarial;

namespace Acquisition.App.Training;

/// <summary>Images side by side on one sheet.</summary>
internal static class PreviewSheet
{
    private const int GapPx = 2;
    private const byte Gap = 128;

    /// <param name="rows">Each of images of one height.</param>
    /// <returns>8-bit grey, row by row.</returns>
    public static (byte[] Pixels, int Width, int Height) Of(ImmutableArray<ImmutableArray<PreviewImage>> rows)
    {
        int width = rows.Max(row => row.Sum(image => image.Width + GapPx) - GapPx);
        int height = rows.Sum(row => row.Max(image => image.Height) + GapPx) - GapPx;
        var pixels = new byte[width * height];
        Array.Fill(pixels, Gap);
        int top = 0;
        foreach (ImmutableArray<PreviewImage> row in rows)
        {
            int left = 0;
            foreach (PreviewImage image in row)
            {
                for (int y = 0; y < image.Height; y++)
                {
                    for (int x = 0; x < image.Width; x++)
                        pixels[(top + y) * width + left + x] = (byte)Math.Clamp(Math.Round(255 * image.Samples.Span[y * image.Width + x]), 0, 255);
                }

                left += image.Width + GapPx;
            }

            top += row.Max(image => image.Height) + GapPx;
        }

        return (pixels, width, height);
    }
}
