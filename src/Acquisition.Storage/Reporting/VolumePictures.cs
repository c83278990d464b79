using System.Xml.Linq;
using Acquisition.Core;
using Acquisition.Storage.Zarr;
using static Acquisition.Storage.Reporting.Html;

namespace Acquisition.Storage.Reporting;

/// <summary>First, middle and last volume of each channel, raw and restored side by side in the same contrast.</summary>
/// <remarks>One volume is in memory at a time, and projections of at most six.</remarks>
internal sealed class VolumePictures(string folder, ScanPlan plan, RunStory story)
{
    /// <summary>More would make a page that no browser opens gladly.</summary>
    private const int MostChannels = 4;

    /// <summary>Shares of the raw projections' samples that are shown black and white.</summary>
    private const double BlackShare = 0.001, WhiteShare = 0.999;

    /// <summary>Nothing for a run that stored no volume.</summary>
    public IEnumerable<XElement> Draw()
    {
        foreach (var (c, timePoints) in story.Stored.Where(channel => channel.Key < plan.Channels.Length).Take(MostChannels))
        {
            int[] all = [.. timePoints];
            foreach (XElement part in DrawChannel(c, [.. new[] { all[0], all[all.Length / 2], all[^1] }.Distinct()])) yield return part;
        }

        if (story.Stored.Count > MostChannels)
            yield return El("p", Class("note"), $"The first {MostChannels} of {plan.Channels.Length} channels are shown.");
    }

    private IEnumerable<XElement> DrawChannel(int c, int[] timePoints)
    {
        (OrthoView? View, string Fault)[] raw = [.. Views("raw.zarr", c, timePoints)], restored = [.. Views("restored.zarr", c, timePoints)];
        (double low, double high) = Contrast(raw.Select(found => found.View).OfType<OrthoView>());
        yield return El("h3", $"Channel {c}: {plan.Channels[c]}");
        yield return El("p", Class("note"), $"Maximum projections along z (xy), y (xz) and x (yz); black {Say.Number(low)}, white {Say.Number(high)} camera units "
            + $"in all pictures of this channel. {Shrinking()}");
        for (int i = 0; i < timePoints.Length; i++)
        {
            var index = new VolumeIndex(timePoints[i], c);
            yield return El("div", Class("pair"),
                Figure(raw[i], index, "raw", plan.Shape, low, high), Figure(restored[i], index, "restored", plan.RestoredShape, low, high));
        }
    }

    private static XElement Figure((OrthoView? View, string Fault) found, VolumeIndex index, string kind, VolumeShape shape, double low, double high) => El("figure",
        found.View is { } view ? view.Draw(index, kind, low, high) : El("p", Class("absent"), found.Fault),
        El("figcaption", El("b", kind), $" · time point {index.T} · {shape} voxels"));

    private IEnumerable<(OrthoView? View, string Fault)> Views(string dataset, int c, int[] timePoints)
    {
        ZarrReader? reader = TryOpen(Path.Combine(folder, dataset), out string fault);
        if (reader is null)
        {
            foreach (int _ in timePoints) yield return (null, fault);
            yield break;
        }

        using var pool = new VolumePool(VolumePool.CostBytes(reader.Shape, reader.PixelType));
        foreach (int t in timePoints)
            yield return View(reader, new VolumeIndex(t, c), pool);
    }

    private static ZarrReader? TryOpen(string path, out string fault)
    {
        try
        {
            var reader = ZarrReader.Open(path);
            bool fits = VolumePool.CostBytes(reader.Shape, reader.PixelType) <= GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4;
            fault = fits ? "" : $"Volumes of {reader.Shape} are too large to be drawn on this machine.";
            return fits ? reader : null;
        }
        catch (AcquisitionException absent)
        {
            fault = absent.Message;
            return null;
        }
    }

    private static (OrthoView? View, string Fault) View(ZarrReader reader, VolumeIndex index, VolumePool pool)
    {
        if (!reader.Exists(index)) return (null, $"Volume {index} is not restored.");
        VolumeBuffer volume = pool.TryRent(reader.Shape, reader.PixelType) ?? throw new InvalidOperationException("The one buffer is still lent.");
        try
        {
            reader.ReadVolume(index, volume);
            var (xy, xz, yz) = Projection.Of(volume);
            VoxelSize voxel = reader.VoxelSize;
            return (new OrthoView
            {
                Xy = xy,
                Xz = xz,
                Yz = yz,
                ExtentUm = (volume.Shape.Z * voxel.ZUm, volume.Shape.Y * voxel.YUm, volume.Shape.X * voxel.XUm),
            }, "");
        }
        catch (StorageException fault)
        {
            return (null, fault.Message);
        }
        finally
        {
            volume.Release();
        }
    }

    private static (double Low, double High) Contrast(IEnumerable<OrthoView> views)
    {
        float[] samples = [.. views.SelectMany(view => new[] { view.Xy, view.Xz, view.Yz }).SelectMany(projection => projection.Samples)];
        if (samples.Length == 0) return (0, 1);
        Array.Sort(samples);
        double low = samples[(int)(BlackShare * (samples.Length - 1))], high = samples[(int)(WhiteShare * (samples.Length - 1))];
        return (low, high > low ? high : low + 1);
    }

    private string Shrinking()
    {
        VolumeShape shape = plan.RestoredShape;
        return Math.Max(shape.Z, Math.Max(shape.Y, shape.X)) <= Projection.MostEdge
            ? "Every sample is a pixel."
            : $"Axes longer than {Projection.MostEdge} samples are shrunk to that by taking the largest of each group.";
    }
}
