using Acquisition.Core;
using Acquisition.HardwareSim;
using Acquisition.HardwareSim.Optics;
using Acquisition.HardwareSim.Phantoms;

namespace Acquisition.Benchmarks.Live;

/// <summary>A few volumes of a phantom, made beforehand and sent over and over, so that sending costs no more than a camera's computer pays.</summary>
internal sealed class PreparedSeries : IVolumeSeries
{
    private readonly byte[][] _planes;
    private readonly int _volumes;
    private readonly int? _pauseBefore;
    private readonly long[] _lastFrameUnixNs;
    private VolumeIndex _current;

    public PreparedSeries(Load load)
    {
        Plan = load.Plan;
        (_volumes, _pauseBefore) = (load.Distinct, load.PauseBefore);
        _lastFrameUnixNs = new long[load.Volumes];
        _planes = [.. Enumerable.Range(0, load.Distinct * Plan.Shape.Z).Select(_ => new byte[Plan.PlaneBytes])];
        if (File.Exists(load.PreparedFile))
        {
            using FileStream file = File.OpenRead(load.PreparedFile);
            foreach (byte[] plane in _planes) file.ReadExactly(plane);
            return;
        }

        Make(load);
        if (load.PreparedFile is null) return;
        using FileStream kept = File.Create(load.PreparedFile);
        foreach (byte[] plane in _planes) kept.Write(plane);
    }

    public ScanPlan Plan { get; }

    /// <summary>When the last frame of each time point was on the point of being sent.</summary>
    public ReadOnlySpan<long> LastFrameUnixNs => _lastFrameUnixNs;

    /// <summary>When the very first frame was.</summary>
    public long FirstFrameUnixNs { get; private set; }

    public static long NowUnixNs() => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    public void Prepare(VolumeIndex index)
    {
        if (index.T == _pauseBefore)
        {
            Console.WriteLine("pausing");
            Console.ReadLine();
        }

        _current = index;
    }

    public void ReadPlane(int z, Span<byte> plane)
    {
        _planes[_current.T % _volumes * Plan.Shape.Z + z].CopyTo(plane);
        if (z == 0 && _current.T == 0) FirstFrameUnixNs = NowUnixNs();
        if (z == Plan.Shape.Z - 1) _lastFrameUnixNs[_current.T] = NowUnixNs();
    }

    public void Dispose() { }

    private void Make(Load load)
    {
        Factors factors = load.IsMadeAsScanned ? Factors.One : load.Factors;
        var imaging = new ImagingOptions
        {
            Specimen = load.Specimen,
            Mode = Plan.Mode,
            Field = new(load.Shape.Times(factors), new() { ZUm = 0.5, YUm = 0.2, XUm = 0.2 }),
            PointSpread = PointSpread.LightSheet(),
            Detector = Detector.Camera with { PeakPhotons = load.PeakPhotons },
            Factors = factors,
            TimePoints = load.Distinct,
        };
        using var phantom = new PhantomSeries(imaging, new() { ScanId = Plan.ScanId, Stream = Plan.Stream });
        for (int t = 0; t < load.Distinct; t++)
        {
            phantom.Prepare(new VolumeIndex(t, 0));
            for (int z = 0; z < Plan.Shape.Z; z++) phantom.ReadPlane(z, _planes[t * Plan.Shape.Z + z]);
        }
    }
}
