using System.Globalization;

namespace Acquisition.Storage.Tiff;

/// <summary>ImageJ's description of a hyperstack: lines "key=value" on the first page; channels vary fastest, then z, then time.</summary>
internal static class ImageJDescription
{
    public static bool Is(string description) => description.StartsWith("ImageJ=", StringComparison.Ordinal);

    /// <param name="perUnitX">Pixels per unit along x, from the page's resolution; <see langword="null"/> when absent.</param>
    public static StackOrder Parse(TiffFile file, string description, int pages, double? perUnitX, double? perUnitY)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in description.Split('\n'))
            if (line.Split('=', 2) is [var key, var value]) values[key.Trim()] = value.Trim();

        int Count(string key) => values.TryGetValue(key, out string? text)
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0 ? count : 1;

        int images = Count("images"), c = Count("channels"), z = Count("slices"), t = Count("frames");
        if (images > pages)
            throw file.Fault(0, $"ImageJ announces {images} images and the file has {pages} pages. "
                + "ImageJ stores stacks above 4 GiB without pages; save it as OME-TIFF");

        // ImageJ itself shows a stack whose counts disagree as planes. In floating point, a product of damaged counts cannot overflow.
        StackOrder order = (double)c * z * t == pages ? Ordered(t, c, z) : StackOrder.Plain(pages);
        double? unitUm = values.TryGetValue("unit", out string? unit) ? StackOrder.Micrometers(unit) : null;
        double? spacing = values.TryGetValue("spacing", out string? found)
            && double.TryParse(found, NumberStyles.Float, CultureInfo.InvariantCulture, out double distance) ? Math.Abs(distance) : null;
        return order with { Kind = "ImageJ hyperstack", VoxelSize = StackOrder.Voxel(spacing * unitUm, unitUm / perUnitY, unitUm / perUnitX) };
    }

    private static StackOrder Ordered(int timePoints, int channels, int planes)
    {
        var pages = new int[checked(timePoints * channels * planes)];
        int page = 0;
        for (int t = 0; t < timePoints; t++)
            for (int z = 0; z < planes; z++)
                for (int c = 0; c < channels; c++)
                    pages[(t * channels + c) * planes + z] = page++;
        return new()
        {
            TimePoints = timePoints,
            Channels = channels,
            Planes = planes,
            Pages = pages,
            ChannelNames = StackOrder.DefaultNames(channels),
        };
    }
}
