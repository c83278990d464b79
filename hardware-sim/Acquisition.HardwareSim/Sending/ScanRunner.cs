using Acquisition.Core;
using Acquisition.Transport;

namespace Acquisition.HardwareSim.Sending;

/// <summary>Runs one scan from opening the socket to the summary, and turns what happens into an exit code.</summary>
internal static class ScanRunner
{
    public const int Completed = 0;
    public const int Failed = 1;
    public const int BadUsage = 2;
    public const int Died = 9;

    /// <param name="read">Settles the options.</param>
    /// <param name="open">Makes the volumes; called before the socket opens, so that a bad file is told at once.</param>
    /// <param name="output">Receives the summary, one line of JSON.</param>
    /// <param name="notes">Receives lines for people.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(
        Func<SendingOptions> read, Func<SendingOptions, IVolumeSeries> open,
        TextWriter output, TextWriter notes, CancellationToken cancellation) =>
        Task.Run(
            () =>
            {
                try
                {
                    return Run(read(), open, output, notes, cancellation);
                }
                catch (AcquisitionException fault)
                {
                    notes.WriteLine($"error: {fault.Message}");
                    return Failed;
                }
                catch (OutOfMemoryException)
                {
                    notes.WriteLine("error: a volume does not fit in this computer's memory. Crop the recording, or image a smaller --shape.");
                    return Failed;
                }
            },
            CancellationToken.None); // a cancelled scan still says its end

    private static int Run(
        SendingOptions options, Func<SendingOptions, IVolumeSeries> open,
        TextWriter output, TextWriter notes, CancellationToken cancellation)
    {
        using IVolumeSeries series = open(options);
        using var sender = new FrameSender(options.Socket);
        string address = options.Socket.Bind ? sender.BoundAddress : options.Socket.Address;
        notes.WriteLine(options.Socket.Bind ? $"listening on {address}" : $"connecting to {address}");
        notes.Flush();
        cancellation.WaitHandle.WaitOne(options.StartDelay);
        return Send(options, series, sender, address, output, notes, cancellation);
    }

    private static int Send(
        SendingOptions options, IVolumeSeries series, FrameSender sender, string address,
        TextWriter output, TextWriter notes, CancellationToken cancellation)
    {
        ScanPlan plan = series.Plan;
        TimeSpan frameInterval = options.Dwell * plan.Shape.PlaneVoxels ?? options.FrameInterval;
        notes.WriteLine(
            $"scan {plan.ScanId}: {plan.TimePoints} time point(s), {plan.Channels.Length} channel(s) of {plan.Shape} {plan.PixelType.Name()}, " +
            $"voxel {plan.VoxelSize}, wanted {plan.Undersampling} times finer");
        var pacer = new Pacer(frameInterval, options.Announcement.Interval ?? TimeSpan.Zero, TimeProvider.System);
        var scan = new ScanSender(sender, series, options.Faults, pacer, notes);
        bool completed = true;
        try
        {
            if (!scan.SendScan(cancellation)) return Died;
        }
        catch (OperationCanceledException)
        {
            completed = false;
            scan.BreakOff("aborted", "stopped by the operator");
            notes.WriteLine("stopped");
        }
        catch (AcquisitionException fault)
        {
            scan.BreakOff("failed", fault.Message);
            throw;
        }

        output.WriteLine(new ScanSummary
        {
            Scan = plan.ScanId,
            Status = completed ? "completed" : "aborted",
            FramesSent = scan.FramesSent,
            Dropped = scan.Dropped,
            Duplicated = scan.Duplicated,
            OtherScan = scan.OtherScan,
            Volumes = scan.Volumes,
            Bytes = scan.Bytes,
            Seconds = Math.Round(scan.Elapsed.TotalSeconds, 3),
            Truth = options.Truth?.Location,
            Address = address,
        }.ToJson());
        return completed ? Completed : Failed;
    }
}
