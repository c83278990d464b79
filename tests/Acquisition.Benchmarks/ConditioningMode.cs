using System.Diagnostics;
using System.Text;
using Acquisition.Benchmarks.Live;
using Acquisition.Conditioning;
using Acquisition.Core;
using Acquisition.Restoration.Benchmarking;

namespace Acquisition.Benchmarks;

/// <summary>What each correction costs a volume of 16×512×512 uint16, on one thread.</summary>
internal static class ConditioningMode
{
    private static readonly VolumeShape Shape = new(16, 512, 512);

    private static readonly (string Name, ConditioningOptions Options)[] Cases =
    [
        ("none but the copy to float32", new()),
        ("offset", new() { OffsetAdu = 100 }),
        ("hot pixels", new() { HotPixels = true }),
        ("line phase", new() { LinePhase = true }),
        ("drift, reported", new() { ReportDrift = true }),
        ("drift, corrected", new() { CorrectDrift = true }),
        ("all", new() { OffsetAdu = 100, HotPixels = true, LinePhase = true, CorrectDrift = true }),
    ];

    public static int Run(int? rounds)
    {
        ScanPlan plan = Plan();
        using var pool = new VolumePool(1L << 28);
        VolumeBuffer raw = pool.TryRent(Shape, PixelType.UInt16)!, moved = pool.TryRent(Shape, PixelType.UInt16)!, conditioned = pool.TryRent(Shape, PixelType.Float32)!;
        Draw(raw, 0);
        Draw(moved, 3.4);

        var text = new StringBuilder();
        text.AppendLine($"{ResultsFile.Origin(Machine.Current)}. One volume of {Shape} uint16, one thread; ms by the clock over {rounds ?? 20} rounds.").AppendLine();
        text.AppendLine("| correction | median | highest |").AppendLine("|---|---|---|");
        foreach (var (name, options) in Cases)
        {
            var conditioner = new VolumeConditioner(plan, options);
            conditioner.Condition(new(0, 0), raw, [], conditioned); // what others are compared with
            conditioner.Condition(new(1, 0), moved, [], conditioned);
            double[] times = [.. Enumerable.Range(2, rounds ?? 20).Select(t =>
            {
                long started = Stopwatch.GetTimestamp();
                conditioner.Condition(new(t, 0), moved, [], conditioned);
                return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            })];
            text.AppendLine($"| {name} | {Percentiles.Median(times):0.0} | {times.Max():0.0} |");
        }

        foreach (VolumeBuffer buffer in (VolumeBuffer[])[raw, moved, conditioned]) buffer.Release();
        ResultsFile.Put("Conditioning", text.ToString());
        return 0;
    }

    private static ScanPlan Plan() => new()
    {
        ScanId = Guid.Empty,
        Stream = "bench",
        TimePoints = null,
        Shape = Shape,
        PixelType = PixelType.UInt16,
        VoxelSize = new() { ZUm = 2, YUm = 0.4, XUm = 0.4 },
        Undersampling = new(1, 2, 2),
        Mode = "two-photon",
        Channels = ["c0"],
    };

    /// <summary>Spots of light over noise; odd rows lie half a pixel further along x.</summary>
    /// <param name="shiftPx">How far along x the specimen lies.</param>
    private static void Draw(VolumeBuffer volume, double shiftPx)
    {
        var random = new Random(7);
        (double Z, double Y, double X)[] spots = [.. Enumerable.Range(0, 300).Select(_ => (random.NextDouble() * Shape.Z, random.NextDouble() * Shape.Y, random.NextDouble() * Shape.X))];
        for (int z = 0; z < Shape.Z; z++)
        {
            Span<ushort> plane = volume.Plane<ushort>(z);
            foreach (ref ushort sample in plane) sample = (ushort)(100 + random.Next(40));
            foreach (var spot in spots)
            {
                for (int y = Math.Max(0, (int)spot.Y - 9); y < Math.Min(Shape.Y, (int)spot.Y + 10); y++)
                {
                    for (int x = Math.Max(0, (int)spot.X - 13); x < Math.Min(Shape.X, (int)spot.X + 14); x++)
                    {
                        double dz = z - spot.Z, dy = y - spot.Y, dx = x - spot.X - shiftPx - (y % 2 == 1 ? 0.5 : 0);
                        plane[y * Shape.X + x] += (ushort)(3000 * Math.Exp(-(dz * dz / 4 + (dy * dy + dx * dx) / 12)));
                    }
                }
            }
        }
    }
}
