using System.Globalization;
using Acquisition.Core;

namespace Acquisition.Storage.Tiff;

/// <summary>Writes ImageJ's hyperstacks: TIFF below 4 GiB whose first page describes the axes; channels vary fastest, then z, then time.</summary>
internal static class ImageJTiff
{
    /// <summary>Channels that ImageJ shows in colours of their own at once.</summary>
    private const int MostColours = 7;

    /// <param name="path">Replaced as a whole if it exists.</param>
    /// <param name="shown">Camera units that are shown black and white at first.</param>
    /// <param name="plane">Called once per plane, in the order (t, z, c).</param>
    /// <exception cref="StorageException">It would be larger than the format allows, or the disk refused.</exception>
    public static void Write(string path, OmeImage image, (double Low, double High) shown, FrameReader plane)
    {
        int channels = image.Channels.Length, planes = image.Shape.Z;
        var file = new TiffPlanes
        {
            IsBig = false,
            Planes = image.Planes,
            Height = image.Shape.Y,
            Width = image.Shape.X,
            PixelType = image.PixelType,
            Description = Describe(image, shown),
            Resolution = (Ratio(1 / image.VoxelSize.XUm), Ratio(1 / image.VoxelSize.YUm)),
        };
        if (file.FileBytes > uint.MaxValue)
            throw new StorageException($"An ImageJ hyperstack ends at 4 GiB; this one would take {file.FileBytes / 1073741824.0:0.0} GiB. Export fewer time points or channels, or as ome-tiff.");
        file.Write(path, page => plane(new(page / channels / planes, page % channels, page / channels % planes)));
    }

    private static string Describe(OmeImage image, (double Low, double High) shown)
    {
        var lines = new List<string>
        {
            "ImageJ=1.54f",
            $"images={image.Planes}", $"channels={image.Channels.Length}", $"slices={image.Shape.Z}", $"frames={image.TimePoints}",
            "hyperstack=true",
            $"mode={(image.Channels.Length is > 1 and <= MostColours ? "composite" : "grayscale")}",
            "unit=micron",
            $"spacing={Number(image.VoxelSize.ZUm)}",
        };
        if (image.Interval is { } interval) lines.Add($"finterval={Number(interval.TotalSeconds)}");
        lines.AddRange(["loop=false", $"min={Number(shown.Low)}", $"max={Number(shown.High)}"]);
        return string.Join('\n', lines) + "\n";
    }

    /// <summary>The nearest ratio of two 32-bit numbers, by continued fractions.</summary>
    internal static (uint Over, uint Under) Ratio(double value)
    {
        double rest = value;
        (double over, double overBefore, double under, double underBefore) = (1, 0, 0, 1);
        while (true)
        {
            double whole = Math.Floor(rest), nextOver = whole * over + overBefore, nextUnder = whole * under + underBefore;
            if (nextOver > uint.MaxValue || nextUnder > uint.MaxValue) break;
            (over, overBefore, under, underBefore) = (nextOver, over, nextUnder, under);
            if (rest == whole || over / under == value) break;
            rest = 1 / (rest - whole);
        }

        return under == 0 ? (uint.MaxValue, 1) : ((uint)over, (uint)under);
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
