using Acquisition.Core;
using Acquisition.Restoration.Backends;
using Acquisition.Restoration.Threading;

namespace Acquisition.Restoration.Streaming;

/// <summary>One stage of restoration on a volume that fills plane by plane: enlarged by cubic interpolation, with a network's detail
/// where there is one, then projected back.</summary>
/// <remarks>With a detail gain below 1 the stage runs twice side by side, with and without the network, and mixes the two.</remarks>
internal sealed unsafe class StageStream : IDisposable
{
    private readonly FloatVolume _input;
    private readonly float _gain;
    private readonly CubicEnlarger _cubic;
    private readonly IDetailStream? _detail;
    private readonly ProjectionCascade _restored;
    private readonly ProjectionCascade? _plain;
    private readonly ProjectionCascade? _mixed;
    private CancellationToken _cancellation;
    private int _inputPlanes;

    /// <param name="input">The volume that fills; outlives the stage.</param>
    /// <param name="stage">The network; <see langword="null"/> for cubic interpolation alone.</param>
    /// <param name="whole">Where the fine volume is to stand; <see langword="null"/> when planes are only handed on.</param>
    public StageStream(
        FloatVolume input, Factors factors, NetworkVariant variant, TunedStage? stage, INetworkBackend backend, float floor,
        RestorationOptions options, WorkTeam team, FloatVolume? whole, PlaneReceiver receiver)
    {
        VolumeShape fine = input.Shape.Times(factors);
        int rounds = options.BackProjections;
        _input = input;
        _gain = (float)options.DetailGain;
        _cubic = new CubicEnlarger(input, fine, factors, team);
        if (stage is not null && _gain > 0)
            _detail = DetailStream.Open(variant, stage, backend, input.Shape, options, team, AcceptDetail);
        if (_detail is null || _gain == 1)
        {
            _restored = new ProjectionCascade(input, fine, factors, rounds, floor, team, whole, receiver);
            return;
        }
        _restored = new ProjectionCascade(input, fine, factors, rounds, floor, team, null, Mix);
        _plain = new ProjectionCascade(input, fine, factors, rounds, floor, team, null, static (_, _) => { });
        _mixed = new ProjectionCascade(input, fine, factors, rounds: 0, floor, team, whole, receiver);
    }

    /// <summary>Root mean square of (input − output shrunk), once complete.</summary>
    public double ResidualRms => (_mixed ?? _restored).ResidualRms;

    /// <summary>Bytes of planes that a stage holds at most, beside its input.</summary>
    public static long Bytes(VolumeShape coarse, Factors factors, RestorationOptions options)
    {
        VolumeShape fine = coarse.Times(factors);
        long cascade = ProjectionCascade.Bytes(coarse, fine, factors, options.BackProjections);
        if (options.Model == ModelNames.Cubic || options.DetailGain == 0) return cascade;
        long detail = WholeVolumeDetail.Bytes(coarse, fine);
        return checked(detail + (options.DetailGain == 1 ? cascade : 2 * cascade + ProjectionCascade.Bytes(coarse, fine, factors, 0)));
    }

    /// <summary>Takes notice that the next plane of the input is filled; the last one finishes the volume.</summary>
    /// <param name="nextAtHand">Whether the one after it comes at once, so that work may wait to be done together.</param>
    public void Advance(bool nextAtHand, CancellationToken cancellation)
    {
        _cancellation = cancellation;
        int z = _inputPlanes++;
        if (_detail is not null)
        {
            _detail.Push(_input.Plane(z), nextAtHand, cancellation);
            return;
        }
        int end = _cubic.FinePlanes;
        while (_restored.Arrived < end && _cubic.IsReady(_restored.Arrived, _inputPlanes)) Enlarge(_restored, detail: null);
    }

    public void Reset()
    {
        _inputPlanes = 0;
        _detail?.Reset();
        _restored.Reset();
        _plain?.Reset();
        _mixed?.Reset();
    }

    public void Dispose()
    {
        _mixed?.Dispose();
        _plain?.Dispose();
        _restored.Dispose();
        _detail?.Dispose();
        _cubic.Dispose();
    }

    private void AcceptDetail(int z, ReadOnlySpan<float> plane)
    {
        if (_plain is not null) Enlarge(_plain, detail: null);
        fixed (float* detail = plane) Enlarge(_restored, detail);
    }

    private void Enlarge(ProjectionCascade cascade, float* detail)
    {
        _cubic.Enlarge(cascade.Arrived, cascade.Plane(cascade.Arrived), detail);
        cascade.Accept(_cancellation);
    }

    /// <summary>Both sides run in step, and the one without the network is served first, so its plane is there.</summary>
    private void Mix(int z, ReadOnlySpan<float> restored)
    {
        float* plain = _plain!.Plane(z), mixed = _mixed!.Plane(z);
        for (int i = 0; i < restored.Length; i++) mixed[i] = plain[i] + _gain * (restored[i] - plain[i]);
        _mixed.Accept(_cancellation);
    }
}
