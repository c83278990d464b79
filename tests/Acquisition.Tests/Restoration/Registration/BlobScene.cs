using Acquisition.Core;
using Acquisition.Restoration;

namespace Acquisition.Tests.Restoration.Registration;

/// <summary>Spots whose pictures are known by formula, wherever they lie and however they are blurred.</summary>
internal sealed class BlobScene
{
    private readonly (double Y, double X, double Width, double Light)[] _blobs;

    /// <param name="margin">Pixels around the picture where there are spots too, so that a shift brings some in.</param>
    public BlobScene(int height, int width, int seed, int margin = 32)
    {
        (Height, Width) = (height, width);
        var random = new Random(seed);
        _blobs = [.. Enumerable.Range(0, (height + 2 * margin) * (width + 2 * margin) / 200).Select(_ => (
            random.NextDouble() * (height + 2 * margin) - margin, random.NextDouble() * (width + 2 * margin) - margin,
            1 + 2 * random.NextDouble(), 0.2 + 0.8 * random.NextDouble()))];
    }

    public int Height { get; }

    public int Width { get; }

    /// <summary>A picture of one plane, with what lies at (y, x) shown at (y, x) + shift(y, x).</summary>
    /// <param name="blur">Standard deviation of the blur, pixels.</param>
    /// <param name="noise">Standard deviation of white noise; single spots are 0.2 to 1 high before they are blurred.</param>
    public FloatVolume Picture(Func<double, double, (double Y, double X)>? shift = null, double blur = 0, double noise = 0, int seed = 1, int planes = 1)
    {
        var light = new double[Height * Width];
        foreach (var blob in _blobs)
        {
            (double dy, double dx) = shift?.Invoke(blob.Y, blob.X) ?? (0, 0);
            double cy = blob.Y + dy, cx = blob.X + dx, variance = blob.Width * blob.Width + blur * blur, reach = 6 * Math.Sqrt(variance);
            double height = blob.Light * blob.Width * blob.Width / variance;
            for (int y = Math.Max(0, (int)(cy - reach)); y < Math.Min(Height, cy + reach); y++)
            {
                for (int x = Math.Max(0, (int)(cx - reach)); x < Math.Min(Width, cx + reach); x++)
                    light[y * Width + x] += height * Math.Exp(-((y - cy) * (y - cy) + (x - cx) * (x - cx)) / (2 * variance));
            }
        }

        var random = new Random(seed);
        var picture = new FloatVolume(new VolumeShape(planes, Height, Width));
        for (int z = 0; z < planes; z++)
        {
            Span<float> plane = picture.Plane(z);
            for (int i = 0; i < light.Length; i++) plane[i] = (float)(100 + 50 * (light[i] + (noise > 0 ? noise * Normal(random) : 0)));
        }

        return picture;
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
