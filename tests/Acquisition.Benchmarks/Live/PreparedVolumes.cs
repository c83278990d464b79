using Acquisition.Core;
using Acquisition.HardwareSim.Optics;
using Acquisition.HardwareSim.Phantoms;

namespace Acquisition.Benchmarks.Live;

/// <summary>A few volumes of a simulated microscope, made beforehand, so that sending them over and over costs no more than it costs a camera's computer.</summary>
internal sealed class PreparedVolumes
{
    private readonly byte[][] _planes;
    private readonly int _depth;

    public PreparedVolumes(Load load, ScanPlan plan)
    {
        _depth = load.Shape.Z;
        _planes = [.. Enumerable.Range(0, load.Distinct * _depth).Select(_ => new byte[plan.PlaneBytes])];
        if (File.Exists(load.PreparedFile))
        {
            using FileStream file = File.OpenRead(load.PreparedFile);
            foreach (byte[] plane in _planes) file.ReadExactly(plane);
            return;
        }

        Make(load, plan);
        if (load.PreparedFile is null) return;
        using FileStream kept = File.Create(load.PreparedFile);
        foreach (byte[] plane in _planes) kept.Write(plane);
    }

    public ReadOnlySpan<byte> Plane(int timePoint, int z) => _planes[(timePoint * _depth + z) % _planes.Length];

    private void Make(Load load, ScanPlan plan)
    {
        Factors factors = load.IsMadeAsScanned ? Factors.One : load.Factors;
        var imaging = new ImagingOptions
        {
            Specimen = load.Specimen,
            Mode = plan.Mode,
            Field = new(load.Shape.Times(factors), new() { ZUm = 0.5, YUm = 0.2, XUm = 0.2 }),
            PointSpread = PointSpread.LightSheet(),
            Detector = Detector.Camera with { PeakPhotons = load.PeakPhotons },
            Factors = factors,
            TimePoints = load.Distinct,
        };
        using var phantom = new PhantomSeries(imaging, new() { ScanId = plan.ScanId, Stream = plan.Stream });
        for (int t = 0; t < load.Distinct; t++)
        {
            phantom.Prepare(new VolumeIndex(t, 0));
            for (int z = 0; z < _depth; z++) phantom.ReadPlane(z, _planes[t * _depth + z]);
        }
    }
}
