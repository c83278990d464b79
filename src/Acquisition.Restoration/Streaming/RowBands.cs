using System.Runtime.InteropServices;
using Acquisition.Core;
using Acquisition.Restoration.Sampling;

namespace Acquisition.Restoration.Streaming;

/// <summary>Deals the rows of a plane to a crew in bands, each with scratch memory of its own.</summary>
internal sealed unsafe class RowBands : IDisposable
{
    /// <summary>Samples that are worth waking a thread for.</summary>
    private const int MinBandVoxels = 1 << 14;

    /// <summary>More than one a thread, so that one that is held up delays the others little.</summary>
    private const int BandsPerThread = 4;

    private readonly Crew _crew;
    private readonly int _count;
    private readonly int _stride;
    private float* _scratch;

    public RowBands(Crew crew, VolumeShape coarse, VolumeShape fine, Factors factors)
    {
        (_crew, Coarse, Fine, Factors) = (crew, coarse, fine, factors);
        _count = crew.Threads == 1 ? 1 : Math.Clamp(fine.PlaneVoxels / MinBandVoxels, 1, Math.Min(BandsPerThread * crew.Threads, coarse.Y));
        _stride = (Math.Max(PlaneFilter.EnlargingScratch(coarse, fine, factors), PlaneFilter.ShrinkingScratch(coarse, fine, factors)) + 15) & ~15;
        _scratch = (float*)NativeMemory.AlignedAlloc((nuint)_count * (nuint)_stride * sizeof(float), 64);
    }

    ~RowBands() => Free();

    public VolumeShape Coarse { get; }

    public VolumeShape Fine { get; }

    public Factors Factors { get; }

    /// <summary>Runs a piece for each band. Give the same delegate each time: a new one would be an allocation.</summary>
    public void Run(Action<int> band) => _crew.Run(_count, band);

    /// <summary>First fine row of a band; that of the band behind the last is the number of rows.</summary>
    public int FineRow(int band) => Workers.Start(band, _count, Fine.Y);

    public int CoarseRow(int band) => Workers.Start(band, _count, Coarse.Y);

    public float* Scratch(int band) => _scratch + (nint)band * _stride;

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_scratch);
        _scratch = null;
    }
}
