using System.Runtime.InteropServices;
using Acquisition.Core;
using Acquisition.Restoration.Sampling;
using Acquisition.Restoration.Threading;

namespace Acquisition.Restoration.Streaming;

/// <summary>Deals the rows of a plane to a team in bands; each thread has scratch memory of its own.</summary>
internal sealed unsafe class RowBands : IDisposable
{
    /// <summary>Samples that are worth waking a thread for.</summary>
    private const int MinBandVoxels = 1 << 15;

    /// <summary>More than one a thread, so that one that is held up delays the others little.</summary>
    private const int BandsPerThread = 4;

    private readonly WorkTeam _team;
    private readonly int _count;
    private readonly int _stride;
    private float* _scratch;

    public RowBands(WorkTeam team, VolumeShape coarse, VolumeShape fine, Factors factors)
    {
        (_team, Coarse, Fine, Factors) = (team, coarse, fine, factors);
        _count = team.Threads == 1 ? 1 : Math.Clamp(fine.PlaneVoxels / MinBandVoxels, 1, Math.Min(BandsPerThread * team.Threads, coarse.Y));
        _stride = (Math.Max(PlaneFilter.EnlargingScratch(coarse, fine, factors), PlaneFilter.ShrinkingScratch(coarse, fine, factors)) + 15) & ~15;
        _scratch = (float*)NativeMemory.AlignedAlloc((nuint)team.Threads * (nuint)_stride * sizeof(float), 64);
    }

    ~RowBands() => Free();

    public VolumeShape Coarse { get; }

    public VolumeShape Fine { get; }

    public Factors Factors { get; }

    /// <summary>Runs a piece for each band.</summary>
    /// <param name="work">Takes the band and the thread. Give the same delegate each time: a new one would be an allocation.</param>
    public void Run(Action<int, int> work) => _team.Run(_count, work, CancellationToken.None);

    /// <summary>First fine row of a band; that of the band behind the last is the number of rows.</summary>
    public int FineRow(int band) => Workers.Start(band, _count, Fine.Y);

    public int CoarseRow(int band) => Workers.Start(band, _count, Coarse.Y);

    public float* Scratch(int thread) => _scratch + (nint)thread * _stride;

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
