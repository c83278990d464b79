using Acquisition.Core;

namespace Acquisition.Restoration.Training;

/// <summary>Small blocks of a volume that training must not learn from, so that it can be judged on them.</summary>
internal sealed class HeldOutBlocks : IDisposable
{
    private const double Share = 0.1;
    private const int BlockPlanes = 4;
    private const int BlockEdgePx = 8;

    private readonly List<(int Z, int Y, int X)> _corners = [];
    private readonly VolumeShape _block;

    /// <summary>Draws about a tenth of the volume, half of it from the brightest quarter of all blocks.</summary>
    public HeldOutBlocks(FloatVolume volume, Random random)
    {
        VolumeShape shape = volume.Shape;
        _block = new(Math.Min(BlockPlanes, shape.Z), Math.Min(BlockEdgePx, shape.Y), Math.Min(BlockEdgePx, shape.X));
        var ranked = new List<(double Sum, (int Z, int Y, int X) Corner)>();
        for (int z = 0; z + _block.Z <= shape.Z; z += _block.Z)
        {
            for (int y = 0; y + _block.Y <= shape.Y; y += _block.Y)
            {
                for (int x = 0; x + _block.X <= shape.X; x += _block.X)
                {
                    double sum = 0;
                    ForEachRow(volume, (z, y, x), row => { foreach (float value in row) sum += value; });
                    ranked.Add((sum, (z, y, x)));
                }
            }
        }
        ranked.Sort((a, b) => b.Sum.CompareTo(a.Sum));
        var corners = ranked.Select(entry => entry.Corner).ToArray();
        int wanted = Math.Max(1, (int)Math.Round(Share * corners.Length / 2)), bright = Math.Max(wanted, corners.Length / 4);
        random.Shuffle(corners.AsSpan(0, bright));
        random.Shuffle(corners.AsSpan(bright));
        _corners.AddRange(corners.Take(wanted));
        _corners.AddRange(corners.Skip(bright).Take(wanted));

        TrainingWeights = new FloatVolume(shape);
        for (int z = 0; z < shape.Z; z++) TrainingWeights.Plane(z).Fill(1);
        foreach (var corner in _corners) ForEachRow(TrainingWeights, corner, row => row.Clear());
    }

    /// <summary>1 where training may look, 0 in held-out blocks.</summary>
    public FloatVolume TrainingWeights { get; }

    /// <summary>PSNR inside the blocks, dB, for data of range 1.</summary>
    public unsafe double Psnr(FloatVolume found, FloatVolume truth)
    {
        double sum = 0;
        long count = 0;
        foreach (var (cz, cy, cx) in _corners)
        {
            for (int z = cz; z < cz + _block.Z; z++)
            {
                for (int y = cy; y < cy + _block.Y; y++)
                {
                    float* a = found.Row(z, y) + cx, b = truth.Row(z, y) + cx;
                    for (int x = 0; x < _block.X; x++)
                    {
                        double error = (double)a[x] - b[x];
                        sum += error * error;
                    }
                    count += _block.X;
                }
            }
        }
        return Quality.ToDecibels(sum / count);
    }

    public void Dispose() => TrainingWeights.Dispose();

    private delegate void RowAction(Span<float> row);

    private unsafe void ForEachRow(FloatVolume volume, (int Z, int Y, int X) corner, RowAction action)
    {
        for (int z = corner.Z; z < corner.Z + _block.Z; z++)
        {
            for (int y = corner.Y; y < corner.Y + _block.Y; y++)
                action(new Span<float>(volume.Row(z, y) + corner.X, _block.X));
        }
    }
}
