using System.Buffers;
using Acquisition.Core;

namespace Acquisition.Restoration.Sampling;

/// <summary>Enlarges a volume one plane at a time, keeping the planes that neighbouring outputs share. For one thread.</summary>
internal sealed unsafe class PlaneEnlarger : IDisposable
{
    private const int Taps = 4;

    private readonly FloatVolume _source;
    private readonly Factors _factors;
    private readonly VolumeShape _fine;
    private readonly float[] _lease;
    private readonly MemoryHandle _pin;
    private readonly float* _output;
    private readonly float* _ring;
    private readonly float* _wideRows;
    private readonly float* _scratch;
    private readonly int[] _held = new int[Taps];

    public PlaneEnlarger(FloatVolume source, Factors factors, VolumeShape fine)
    {
        _source = source;
        _factors = factors;
        _fine = fine;
        int plane = fine.PlaneVoxels, wide = source.Shape.Y * fine.X;
        _lease = ArrayPool<float>.Shared.Rent(checked(
            (1 + Taps) * plane + wide + RowFilter.ScratchLength(source.Shape.X, factors.X)));
        _pin = _lease.AsMemory().Pin();
        _output = (float*)_pin.Pointer;
        _ring = _output + plane;
        _wideRows = _ring + Taps * plane;
        _scratch = _wideRows + wide;
        Array.Fill(_held, int.MinValue);
    }

    /// <summary>One plane of the fine grid, (y, x); valid until the next call. Cheapest in ascending order.</summary>
    public float* Plane(int z)
    {
        if (_factors.Z == 1)
        {
            EnlargeInPlane(z, _output);
            return _output;
        }
        CubicTaps taps = CubicTaps.Enlarging(_factors.Z);
        int phase = z % _factors.Z, first = z / _factors.Z + taps.First(phase);
        Span<nint> rows = stackalloc nint[Taps];
        for (int t = 0; t < Taps; t++) rows[t] = (nint)Held(first + t);
        RowFilter.Sum(rows, taps.Weights(phase), _output, _fine.PlaneVoxels);
        return _output;
    }

    public void Dispose()
    {
        _pin.Dispose();
        ArrayPool<float>.Shared.Return(_lease);
    }

    private float* Held(int coarseZ)
    {
        int slot = coarseZ & (Taps - 1);
        float* plane = _ring + (nint)slot * _fine.PlaneVoxels;
        if (_held[slot] != coarseZ)
        {
            EnlargeInPlane(CubicTaps.Mirror(coarseZ, _source.Shape.Z), plane);
            _held[slot] = coarseZ;
        }
        return plane;
    }

    private void EnlargeInPlane(int coarseZ, float* plane)
    {
        VolumeShape coarse = _source.Shape;
        float* wide = _source.Row(coarseZ, 0);
        if (_factors.X > 1)
        {
            for (int y = 0; y < coarse.Y; y++)
                RowFilter.EnlargeRow(_source.Row(coarseZ, y), coarse.X, _factors.X, _wideRows + (nint)y * _fine.X, _fine.X, _scratch);
            wide = _wideRows;
        }
        if (_factors.Y == 1)
        {
            new ReadOnlySpan<float>(wide, _fine.PlaneVoxels).CopyTo(new Span<float>(plane, _fine.PlaneVoxels));
            return;
        }
        CubicTaps taps = CubicTaps.Enlarging(_factors.Y);
        Span<nint> rows = stackalloc nint[Taps];
        for (int y = 0; y < _fine.Y; y++)
        {
            int phase = y % _factors.Y, first = y / _factors.Y + taps.First(phase);
            for (int t = 0; t < Taps; t++) rows[t] = (nint)(wide + (nint)CubicTaps.Mirror(first + t, coarse.Y) * _fine.X);
            RowFilter.Sum(rows, taps.Weights(phase), plane + (nint)y * _fine.X, _fine.X);
        }
    }
}
