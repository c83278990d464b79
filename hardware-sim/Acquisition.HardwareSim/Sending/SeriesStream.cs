using System.Diagnostics;
using Acquisition.Core;
using Acquisition.Transport;

namespace Acquisition.HardwareSim.Sending;

/// <summary>A series of volumes as the scan that acquires them, plane after plane.</summary>
/// <remarks>The start is announced again before every volume.</remarks>
/// <param name="series">Disposed with this object.</param>
/// <param name="frameInterval">From frame to frame; <see cref="TimeSpan.Zero"/> for as fast as the receiver takes them.</param>
internal sealed class SeriesStream(IVolumeSeries series, TimeSpan frameInterval, string? truth) : IMessageStream
{
    private readonly byte[] _plane = new byte[series.Plan.PlaneBytes];

    public string Title =>
        $"scan {Plan.ScanId}: {Plan.TimePoints} time point(s), {Plan.Channels.Length} channel(s) of {Plan.Shape} {Plan.PixelType.Name()}, "
        + $"voxel {Plan.VoxelSize}, wanted {Plan.Undersampling} times finer";

    public Guid ScanId => Plan.ScanId;

    public string? Truth => truth;

    private ScanPlan Plan => series.Plan;

    public IEnumerable<Outgoing> Messages(Pacer pacer, CancellationToken cancellation)
    {
        long started = Stopwatch.GetTimestamp();
        TimeSpan due = TimeSpan.Zero, interval = Plan.Interval ?? TimeSpan.Zero;
        ulong sequence = 1; // the start has 0
        for (int t = 0; t < Plan.TimePoints; t++)
        {
            for (int c = 0; c < Plan.Channels.Length; c++)
            {
                series.Prepare(new VolumeIndex(t, c));
                if (c == 0 && due < t * interval) due = t * interval;
                pacer.Wait(due, cancellation);
                yield return new(due, WireMessage.Start(Plan with { AnnouncedUnixNs = SourceClock.UnixNs() }, sequence: 0, repeat: sequence > 1));
                for (int z = 0; z < Plan.Shape.Z; z++)
                {
                    pacer.Wait(due, cancellation);
                    series.ReadPlane(z, _plane);
                    var frame = new FrameHeader(
                        Plan.ScanId, sequence, new FrameIndex(t, c, z), Plan.Shape.Y, Plan.Shape.X, Plan.PixelType, CameraFrame: (long)sequence - 1,
                        CameraStampNs: (long)Stopwatch.GetElapsedTime(started).TotalNanoseconds, SentUnixNs: SourceClock.UnixNs());
                    yield return new(due, WireMessage.Frame(Plan.Stream, frame, _plane));
                    sequence++;
                    due += frameInterval;
                }
            }
        }

        yield return new(due, WireMessage.End(Plan.Stream, new ScanEnd(Plan.ScanId, sequence, (long)sequence - 1, "completed", "")));
    }

    public void Dispose() => series.Dispose();
}
