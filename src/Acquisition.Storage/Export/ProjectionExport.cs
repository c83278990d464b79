using System.Collections.Immutable;
using System.Globalization;
using Acquisition.Core;
using Acquisition.Storage.Files;
using Acquisition.Storage.Reporting;

namespace Acquisition.Storage.Export;

/// <summary>Writes maximum projections of each volume along z, y and x as PNG, every sample a pixel, each channel in one contrast.</summary>
internal static class ProjectionExport
{
    /// <summary>Shares of the projections' samples that are shown black and white.</summary>
    private const double BlackShare = 0.001, WhiteShare = 0.999;

    /// <returns>The contrast of each channel, in words.</returns>
    public static ImmutableArray<string> Write(ExportSource source, string output, IProgress<string>? progress)
    {
        using var folder = new OutputFolder(output);
        using var pool = new VolumePool(long.MaxValue); // asked for one volume
        VolumeBuffer volume = source.Rent(pool);
        var remarks = ImmutableArray.CreateBuilder<string>();
        try
        {
            for (int c = 0; c < source.Channels.Length; c++)
            {
                VolumeIndex[] stored = [.. source.Indices.Where(index => index.C == c).Except(source.Missing)];
                if (stored.Length == 0) continue;
                var (low, high) = Contrast(source, [.. new[] { stored[0], stored[stored.Length / 2], stored[^1] }.Distinct()], volume);
                remarks.Add(string.Create(CultureInfo.InvariantCulture,
                    $"channel {source.Channels[c]}: black is {low:0.###}, white {high:0.###} camera units (0.1 and 99.9 % of the projections of its first, middle and last volume)"));
                foreach (VolumeIndex index in stored)
                {
                    Exporter.Read(source, index, volume, progress);
                    WritePictures(source, folder.Path, index, volume, low, high);
                }
            }
        }
        finally
        {
            volume.Release();
        }

        folder.Commit();
        return remarks.ToImmutable();
    }

    private static void WritePictures(ExportSource source, string folder, VolumeIndex index, VolumeBuffer volume, double low, double high)
    {
        var (xy, xz, yz) = Projection.Of(volume, int.MaxValue);
        VoxelSize voxel = source.VoxelSize;
        VolumeIndex original = source.Original(index);
        foreach (var (name, picture, xUm, yUm) in new[] { ("xy", xy, voxel.XUm, voxel.YUm), ("xz", xz, voxel.XUm, voxel.ZUm), ("yz", yz, voxel.ZUm, voxel.YUm) })
        {
            string path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"t{original.T:0000}_c{original.C}_{name}.png"));
            byte[] png = GreyPng.Write(picture.ToGrey(low, high), picture.Width, picture.Height, (xUm, yUm));
            RunFolder.Store("write a picture", path, png.Length, () => AtomicFile.Write(path, png, replace: false));
        }
    }

    private static (double Low, double High) Contrast(ExportSource source, VolumeIndex[] volumes, VolumeBuffer volume)
    {
        var samples = new List<float>();
        foreach (VolumeIndex index in volumes)
        {
            source.Read(index, volume);
            var (xy, xz, yz) = Projection.Of(volume, int.MaxValue);
            foreach (Projection projection in (Projection[])[xy, xz, yz]) samples.AddRange(projection.Samples);
        }

        samples.Sort();
        double low = samples[(int)(BlackShare * (samples.Count - 1))], high = samples[(int)(WhiteShare * (samples.Count - 1))];
        return (low, high > low ? high : low + 1);
    }
}
