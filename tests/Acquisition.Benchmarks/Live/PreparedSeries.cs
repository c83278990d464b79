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

    /// <param name="wanted">What is announced; its shape is the acquired one.</param>
    /// <param name="volumes">Volumes that differ in their noise.</param>
    /// <param name="rendered">Planes that differ in structure; the volume repeats them.</param>
    /// <param name="peakPhotons">Photoelectrons of the brightest sample.</param>
    /// <param name="pauseBefore">Time point before which to wait for a line on the input; <see langword="null"/> for none.</param>
    public PreparedSeries(ScanPlan wanted, int volumes, int rendered, double peakPhotons, int? pauseBefore)
    {
        Plan = wanted;
        (_volumes, _pauseBefore) = (volumes, pauseBefore);
        _lastFrameUnixNs = new long[wanted.TimePoints!.Value];
        // Where planes repeat, the volume is not one that could be restored anyway.
        bool isWhole = rendered == wanted.Shape.Z;
        Factors factors = isWhole ? wanted.Undersampling : Factors.One;
        var acquired = wanted.Shape with { Z = rendered };
        var imaging = new ImagingOptions
        {
            Specimen = "neurites",
            Mode = "light-sheet",
            Field = new(acquired.Times(factors), new() { ZUm = 0.5, YUm = 0.2, XUm = 0.2 }),
            PointSpread = PointSpread.LightSheet(),
            Detector = Detector.Camera with { PeakPhotons = peakPhotons },
            Factors = factors,
            TimePoints = volumes,
        };
        using var phantom = new PhantomSeries(imaging, new() { ScanId = wanted.ScanId, Stream = wanted.Stream });
        _planes = new byte[volumes * wanted.Shape.Z][];
        for (int t = 0; t < volumes; t++)
        {
            phantom.Prepare(new VolumeIndex(t, 0));
            for (int z = 0; z < wanted.Shape.Z; z++)
            {
                byte[] plane = _planes[t * wanted.Shape.Z + z] = z < rendered ? new byte[wanted.PlaneBytes] : _planes[t * wanted.Shape.Z + z % rendered];
                if (z < rendered) phantom.ReadPlane(z, plane);
            }
        }
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
}
