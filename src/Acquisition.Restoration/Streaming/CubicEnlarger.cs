using Acquisition.Core;
using Acquisition.Restoration.Sampling;
using Acquisition.Restoration.Threading;

namespace Acquisition.Restoration.Streaming;

/// <summary>Enlarges a volume plane by plane while it fills. Gives the bits of <see cref="Resampling.Enlarge"/>. No allocation.</summary>
internal sealed unsafe class CubicEnlarger : IDisposable
{
    private readonly FloatVolume _input;
    private readonly AxisSchedule _schedule;
    private readonly RowBands _bands;
    private readonly Action<int, int> _band;
    private int _z;
    private float* _plane;
    private float* _detail;

    /// <param name="input">The volume that fills; outlives the enlarger.</param>
    public CubicEnlarger(FloatVolume input, VolumeShape fine, Factors factors, WorkTeam team)
    {
        _input = input;
        _schedule = new AxisSchedule(input.Shape.Z, fine.Z, factors.Z);
        _bands = new RowBands(team, input.Shape, fine, factors);
        _band = EnlargeBand;
    }

    /// <summary>Planes of the enlarged volume.</summary>
    public int FinePlanes => _bands.Fine.Z;

    /// <summary>Whether a fine plane can be made when the first <paramref name="inputPlanes"/> planes of the input are there.</summary>
    public bool IsReady(int z, int inputPlanes) => _schedule.LastCoarse[z] < inputPlanes;

    /// <param name="plane">Receives one fine plane.</param>
    /// <param name="detail">Added to it; null for nothing.</param>
    public void Enlarge(int z, float* plane, float* detail)
    {
        _z = z;
        _plane = plane;
        _detail = detail;
        _bands.Run(_band);
    }

    public void Dispose() => _bands.Dispose();

    private void EnlargeBand(int band, int thread)
    {
        VolumeShape coarse = _bands.Coarse, fine = _bands.Fine;
        int factor = _bands.Factors.Z, first = _bands.FineRow(band), end = _bands.FineRow(band + 1);
        Span<nint> planes = stackalloc nint[factor == 1 ? 1 : 4];
        ReadOnlySpan<float> weights = PlaneFilter.EnlargingWeights(_z, factor, out int firstCoarse);
        for (int t = 0; t < planes.Length; t++)
            planes[t] = (nint)_input.Row(factor == 1 ? _z : CubicTaps.Mirror(firstCoarse + t, coarse.Z), 0);
        PlaneFilter.EnlargeRows(planes, weights, coarse, fine, _bands.Factors, first, end, adds: false, 0, _plane, _bands.Scratch(thread));
        if (_detail is null) return;
        nint at = (nint)first * fine.X;
        RowFilter.Add(_detail + at, float.NegativeInfinity, _plane + at, (end - first) * fine.X);
    }
}
