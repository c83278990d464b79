using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Storage.Inspection;
using Acquisition.Storage.Tiff;
using Acquisition.Storage.Zarr;

namespace Acquisition.Storage.Export;

/// <summary>Copies stored volumes to formats that other programs read. Pixels pass through unchanged, but for projections.</summary>
/// <remarks>The output appears as a whole or not at all. Memory stays at one volume, and for hyperstacks one of each channel.</remarks>
public static class Exporter
{
    /// <exception cref="StorageException">There is nothing to export, something is there already, a volume is damaged, or the disk refused.</exception>
    /// <exception cref="DataFormatException">The source is not as this program writes it.</exception>
    public static ExportResult Write(ExportRequest request, IProgress<string>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        string output = Path.TrimEndingDirectorySeparator(Path.GetFullPath(request.Output));
        if (Path.Exists(output)) throw new StorageException($"There is already something at '{output}'; an export overwrites nothing. Choose another place.");
        ExportSource source = ExportSource.Open(request);
        var remarks = ImmutableArray.CreateBuilder<string>();
        if (!source.Missing.IsEmpty)
            remarks.Add($"{Words.Count(source.Missing.Length, "volume")} missing and zero: {Words.List(source.Missing.Select(source.Original))}");
        switch (request.Format)
        {
            case ExportFormat.OmeTiff: WriteOmeTiff(source, output, progress); break;
            case ExportFormat.ImageJ: WriteImageJ(source, output, progress); break;
            case ExportFormat.OmeZarr04: new Zarr2Export(source, output).Write(progress); break;
            default: remarks.AddRange(ProjectionExport.Write(source, output, progress)); break;
        }

        return new() { Output = output, Volumes = source.TimePoints * source.Channels.Length, Remarks = remarks.ToImmutable() };
    }

    private static void WriteOmeTiff(ExportSource source, string output, IProgress<string>? progress)
    {
        using var pool = new VolumePool(long.MaxValue); // asked for one volume
        VolumeBuffer volume = source.Rent(pool);
        try
        {
            OmeTiff.Write(output, source.Image, index =>
            {
                if (index.Z == 0) Read(source, index.Volume, volume, progress);
                return volume.Plane(index.Z);
            });
        }
        finally
        {
            volume.Release();
        }
    }

    private static void WriteImageJ(ExportSource source, string output, IProgress<string>? progress)
    {
        using var pool = new VolumePool(long.MaxValue); // asked for one volume a channel, together less than 4 GiB
        DisplayWindow shown = source.Description.Windows[source.Channels[0]];
        VolumeBuffer[] volumes = [];
        try
        {
            ImageJTiff.Write(output, source.Image, (shown.Start, shown.End), index =>
            {
                if (volumes.Length == 0) volumes = [.. source.Channels.Select(_ => source.Rent(pool))];
                if (index.Z == 0) Read(source, index.Volume, volumes[index.C], progress);
                return volumes[index.C].Plane(index.Z);
            });
        }
        finally
        {
            foreach (VolumeBuffer volume in volumes) volume.Release();
        }
    }

    internal static void Read(ExportSource source, VolumeIndex index, VolumeBuffer volume, IProgress<string>? progress)
    {
        progress?.Report($"volume {source.Original(index)}, {index.T * source.Channels.Length + index.C + 1} of {source.TimePoints * source.Channels.Length}");
        source.Read(index, volume);
    }
}
