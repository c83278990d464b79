using Acquisition.Core;
using Acquisition.HardwareSim;
using Acquisition.HardwareSim.Optics;
using Acquisition.HardwareSim.Phantoms;

namespace Acquisition.Tests.Support;

/// <summary>Volumes to condition, which it gives back at the end.</summary>
public abstract class ConditioningCase : IDisposable
{
    private readonly VolumePool _pool = new(1L << 30);
    private readonly List<VolumeBuffer> _buffers = [];

    private protected static ScanPlan Plan(VolumeShape shape, PixelType type = PixelType.UInt16) =>
        Scans.Plan(z: shape.Z, y: shape.Y, x: shape.X, type: type);

    private protected VolumeBuffer Empty(VolumeShape shape, PixelType type = PixelType.Float32)
    {
        VolumeBuffer buffer = _pool.TryRent(shape, type)!;
        _buffers.Add(buffer);
        return buffer;
    }

    private protected VolumeBuffer Floats(VolumeShape shape, Func<int, int, int, double> sample)
    {
        VolumeBuffer buffer = Empty(shape);
        for (int z = 0; z < shape.Z; z++)
            for (int i = 0; i < shape.PlaneVoxels; i++) buffer.Plane<float>(z)[i] = (float)sample(z, i / shape.X, i % shape.X);
        return buffer;
    }

    private protected VolumeBuffer Words(VolumeShape shape, Func<int, int, int, int> sample)
    {
        VolumeBuffer buffer = Empty(shape, PixelType.UInt16);
        for (int z = 0; z < shape.Z; z++)
            for (int i = 0; i < shape.PlaneVoxels; i++) buffer.Plane<ushort>(z)[i] = (ushort)sample(z, i / shape.X, i % shape.X);
        return buffer;
    }

    private protected VolumeBuffer Copy(VolumeBuffer volume)
    {
        VolumeBuffer copy = Empty(volume.Shape, volume.PixelType);
        for (int z = 0; z < volume.Shape.Z; z++) volume.Plane(z).CopyTo(copy.Plane(z));
        return copy;
    }

    private protected static float[] Samples(VolumeBuffer volume) =>
        [.. Enumerable.Range(0, volume.Shape.Z).SelectMany(z => volume.Plane<float>(z).ToArray())];

    /// <summary>What a two-photon microscope scans of a specimen that the simulator makes up; 24×96×128 samples, uint16.</summary>
    private protected VolumeBuffer Scan(string specimen, double linePhasePx = 0, double? photons = null, bool noiseless = false, int seed = 1)
    {
        var factors = new Factors(1, 2, 2);
        using var series = new PhantomSeries(
            new ImagingOptions
            {
                Specimen = specimen,
                Mode = "two-photon",
                Field = new(new VolumeShape(24, 192, 256), new() { ZUm = 1, YUm = 0.25, XUm = 0.25 }),
                PointSpread = PointSpread.TwoPhoton(),
                Detector = Detector.Photomultiplier with { PeakPhotons = photons ?? Detector.Photomultiplier.PeakPhotons, Noiseless = noiseless },
                Factors = factors,
                LinePhasePx = linePhasePx,
                Seed = seed,
            },
            new Announcement { ScanId = Guid.NewGuid(), Stream = "sim" });
        series.Prepare(new VolumeIndex(0, 0));
        VolumeBuffer raw = Empty(series.Plan.Shape, PixelType.UInt16);
        for (int z = 0; z < raw.Shape.Z; z++) series.ReadPlane(z, raw.Plane(z));
        return raw;
    }

    /// <summary>Root mean square of the differences, over whole planes.</summary>
    private protected static double RootMeanSquare(IEnumerable<float> a, IEnumerable<float> b) =>
        Math.Sqrt(a.Zip(b, (x, y) => ((double)x - y) * ((double)x - y)).Average());

    private protected static byte[] Bytes(VolumeBuffer volume) =>
        [.. Enumerable.Range(0, volume.Shape.Z).SelectMany(z => volume.Plane(z).ToArray())];

    public void Dispose()
    {
        foreach (VolumeBuffer buffer in _buffers) buffer.Release();
        _pool.Dispose();
        GC.SuppressFinalize(this);
    }
}
