using Acquisition.Core;

namespace Acquisition.HardwareSim.Sending;

/// <summary>Sends one stream from opening the socket to the summary, and turns what happens into an exit code.</summary>
internal static class StreamRunner
{
    public const int Completed = 0;
    public const int Failed = 1;
    public const int BadUsage = 2;
    public const int Died = 9;

    /// <param name="open">Makes the stream; called before the socket opens, so that a bad file is told at once.</param>
    /// <param name="output">Receives the summary, one line of JSON.</param>
    /// <param name="notes">Receives lines for people.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(
        SendingOptions options, Func<IMessageStream> open, TextWriter output, TextWriter notes, CancellationToken cancellation) =>
        Task.Run(
            () =>
            {
                try
                {
                    return Run(options, open, output, notes, cancellation);
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
        SendingOptions options, Func<IMessageStream> open, TextWriter output, TextWriter notes, CancellationToken cancellation)
    {
        using IMessageStream stream = open();
        using var sender = new StreamSender(options, stream, notes);
        notes.WriteLine(options.Socket.Bind ? $"listening on {sender.Address}" : $"connecting to {sender.Address}");
        notes.Flush();
        cancellation.WaitHandle.WaitOne(options.StartDelay);
        notes.WriteLine(stream.Title);
        bool completed = true;
        try
        {
            if (!sender.SendAll(cancellation)) return Died;
        }
        catch (OperationCanceledException)
        {
            completed = false;
            sender.BreakOff("aborted", "stopped by the operator");
            notes.WriteLine("stopped");
        }
        catch (AcquisitionException fault)
        {
            sender.BreakOff("failed", fault.Message);
            throw;
        }

        output.WriteLine(sender.Summary.ToJson());
        return completed ? Completed : Failed;
    }
}
