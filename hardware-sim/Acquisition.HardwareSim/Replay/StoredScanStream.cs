using System.Diagnostics;
using System.Globalization;
using Acquisition.Core;
using Acquisition.HardwareSim.Sending;
using Acquisition.Storage;
using Acquisition.Transport;

namespace Acquisition.HardwareSim.Replay;

/// <summary>The raw volumes of a run, sent again frame by frame.</summary>
/// <remarks>The ledger says when the first and the last frame of each volume came; its frames lie evenly between. Planes that did
/// not come are not sent.</remarks>
internal sealed class StoredScanStream : IMessageStream
{
    private readonly StoredScan _scan;
    private readonly ScanPlan _plan;
    private readonly Speed _speed;
    private readonly VolumePool _memory = new(long.MaxValue);

    /// <param name="path">A run's folder or its raw.zarr.</param>
    /// <exception cref="AcquisitionException">It is no run, or holds no volume.</exception>
    public StoredScanStream(string path, Speed speed, bool newScanId)
    {
        _scan = StoredScan.Open(path);
        _speed = speed;
        _plan = newScanId ? _scan.Plan with { ScanId = Guid.NewGuid() } : _scan.Plan;
        if (_scan.Volumes.IsEmpty) throw new DataFormatException($"The run of '{_scan.Raw.Location}' stored no volume.");
    }

    public string Title =>
        $"scan {_plan.ScanId}: {_scan.Volumes.Length} stored volume(s) of {_plan.Shape} {_plan.PixelType.Name()} from {_scan.Raw.Location}, {_speed}";

    public Guid ScanId => _plan.ScanId;

    public string? Truth => null;

    public IEnumerable<Outgoing> Messages(Pacer pacer, CancellationToken cancellation)
    {
        long started = Stopwatch.GetTimestamp();
        long frames = 0;
        TimeSpan due = TimeSpan.Zero;
        byte[] plane = new byte[_plan.PlaneBytes];
        var open = new Dictionary<VolumeIndex, (VolumeBuffer Pixels, int Left)>();
        foreach ((VolumeStored volume, int z, TimeSpan at) in Planes())
        {
            due = _speed.Scale(at);
            if (!open.TryGetValue(volume.Index, out (VolumeBuffer Pixels, int Left) held))
            {
                held = (Load(volume.Index), volume.Frames);
                pacer.Wait(due, cancellation);
                yield return new(due, WireMessage.Start(_plan with { AnnouncedUnixNs = SourceClock.UnixNs() }, sequence: 0, repeat: frames > 0));
            }

            pacer.Wait(due, cancellation);
            held.Pixels.Plane(z).CopyTo(plane);
            open[volume.Index] = held with { Left = held.Left - 1 };
            if (held.Left == 1)
            {
                open.Remove(volume.Index);
                held.Pixels.Release();
            }

            frames++;
            var frame = new FrameHeader(
                _plan.ScanId, (ulong)frames, new FrameIndex(volume.Index.T, volume.Index.C, z), _plan.Shape.Y, _plan.Shape.X, _plan.PixelType,
                CameraFrame: frames - 1, CameraStampNs: (long)Stopwatch.GetElapsedTime(started).TotalNanoseconds, SentUnixNs: SourceClock.UnixNs());
            yield return new(due, WireMessage.Frame(_plan.Stream, frame, plane));
        }

        string reason = string.Create(CultureInfo.InvariantCulture, $"replayed {_scan.Volumes.Length} stored volume(s)");
        yield return new(due, WireMessage.End(_plan.Stream, new ScanEnd(_plan.ScanId, (ulong)frames + 1, frames, "completed", reason)));
    }

    public void Dispose() => _memory.Dispose();

    /// <summary>Every plane that came, by the time at which it did.</summary>
    private IEnumerable<(VolumeStored Volume, int Z, TimeSpan At)> Planes()
    {
        DateTimeOffset first = _scan.Volumes.Min(volume => volume.FirstFrameAt);
        return _scan.Volumes.SelectMany(volume =>
        {
            int[] planes = [.. Enumerable.Range(0, _plan.Shape.Z).Except(volume.MissingPlanes)];
            TimeSpan step = (volume.LastFrameAt - volume.FirstFrameAt) / Math.Max(planes.Length - 1, 1);
            return planes.Select((z, i) => (volume, z, volume.FirstFrameAt - first + i * step));
        }).OrderBy(plane => plane.Item3);
    }

    private VolumeBuffer Load(VolumeIndex index)
    {
        VolumeBuffer pixels = _memory.TryRent(_plan.Shape, _plan.PixelType)!;
        try
        {
            _scan.Raw.ReadVolume(index, pixels);
            return pixels;
        }
        catch
        {
            pixels.Release();
            throw;
        }
    }
}
