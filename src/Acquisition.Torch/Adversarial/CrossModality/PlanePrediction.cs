using static TorchSharp.torch;

namespace Acquisition.Torch.Adversarial.CrossModality;

/// <summary>Runs a generator over planes of any size: whole where memory allows, else by tiles whose middle is what the whole would have given.</summary>
/// <remarks>Beyond the last row and column a plane is continued by its mirror image, up to a multiple of 16; everything outside that counts as 0, as
/// in training.</remarks>
/// <param name="generator">On <paramref name="device"/>.</param>
/// <param name="budgetBytes">For activations. The smallest tile is taken even where it needs more.</param>
internal sealed class PlanePrediction(UNetGenerator generator, Device device, long budgetBytes)
{
    /// <summary>What surrounds a tile's middle: the generator's reach, as a multiple of 16, so that tiles are halved at the same places as the whole.</summary>
    public const int HaloPx = (UNetGenerator.ReachPx + UNetGenerator.Multiple - 1) / UNetGenerator.Multiple * UNetGenerator.Multiple;

    /// <summary>Edge of the smallest tile.</summary>
    public const int LeastTilePx = 2 * HaloPx + 64;

    /// <summary>Bytes of activations for each pixel and channel of the first block, workspaces of convolutions included; an estimate with room.</summary>
    private const int BytesPerPixelAndChannel = 44;

    /// <summary>Bytes of activations at most.</summary>
    /// <param name="channels">After the generator's first block.</param>
    public static long BytesNeeded(int height, int width, int channels, long budgetBytes)
    {
        long whole = checked((long)Padded(height) * Padded(width) * channels * BytesPerPixelAndChannel);
        if (whole <= budgetBytes) return whole;
        int edge = TilePx(channels, budgetBytes);
        return (long)Math.Min(edge, Padded(height)) * Math.Min(edge, Padded(width)) * channels * BytesPerPixelAndChannel;
    }

    /// <param name="plane">(y, x), scaled; what is not finite counts as 0.</param>
    /// <param name="predicted">Receives (y, x), scaled.</param>
    public void Run(ReadOnlySpan<float> plane, int height, int width, Span<float> predicted, CancellationToken cancellation)
    {
        int channels = generator.Channels;
        bool isWhole = checked((long)Padded(height) * Padded(width) * channels * BytesPerPixelAndChannel) <= budgetBytes;
        int edge = isWhole ? int.MaxValue : TilePx(channels, budgetBytes);
        foreach (TileSpan rows in Spans(Padded(height), edge))
        {
            foreach (TileSpan columns in Spans(Padded(width), edge))
            {
                cancellation.ThrowIfCancellationRequested();
                Predict(plane, height, width, rows, columns, predicted);
            }
        }
    }

    /// <summary>Tiles along one axis.</summary>
    /// <param name="extent">A multiple of 16.</param>
    /// <param name="edge">A multiple of 16, larger than two halos.</param>
    internal static IEnumerable<TileSpan> Spans(int extent, int edge)
    {
        if (extent <= edge)
        {
            yield return new TileSpan(0, extent, 0, extent);
            yield break;
        }

        int core = edge - 2 * HaloPx;
        for (int from = 0; from < extent; from += core)
        {
            int to = Math.Min(from + core, extent);
            yield return new TileSpan(from, to, Math.Max(0, from - HaloPx), Math.Min(extent, to + HaloPx));
        }
    }

    private static int Padded(int extent) => checked(extent + UNetGenerator.Multiple - 1) / UNetGenerator.Multiple * UNetGenerator.Multiple;

    private static int TilePx(int channels, long budgetBytes)
    {
        double edge = Math.Sqrt((double)budgetBytes / channels / BytesPerPixelAndChannel);
        return Math.Max(LeastTilePx, (int)Math.Min(edge, 1 << 20) / UNetGenerator.Multiple * UNetGenerator.Multiple);
    }

    /// <summary>Where a sample beyond the end comes from.</summary>
    private static int Mirrored(int at, int extent)
    {
        int period = Math.Max(1, 2 * (extent - 1)), folded = at % period;
        return extent == 1 ? 0 : folded < extent ? folded : period - folded;
    }

    private void Predict(ReadOnlySpan<float> plane, int height, int width, TileSpan rows, TileSpan columns, Span<float> predicted)
    {
        using var scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        Tensor host = HostTensors.Empty([1, 1, rows.Read, columns.Read], device);
        Span<float> samples = HostTensors.Samples(host);
        for (int y = 0, i = 0; y < rows.Read; y++)
        {
            ReadOnlySpan<float> line = plane.Slice(Mirrored(rows.ReadFrom + y, height) * width, width);
            for (int x = 0; x < columns.Read; x++, i++)
            {
                float value = line[Mirrored(columns.ReadFrom + x, width)];
                samples[i] = float.IsFinite(value) ? value : 0;
            }
        }

        ReadOnlySpan<float> result = HostTensors.Samples(generator.call(host.to(device)).cpu().contiguous());
        int count = Math.Min(columns.To, width) - columns.From;
        for (int y = rows.From; y < Math.Min(rows.To, height); y++)
            result.Slice((y - rows.ReadFrom) * columns.Read + columns.From - columns.ReadFrom, count).CopyTo(predicted.Slice(y * width + columns.From, count));
    }
}
