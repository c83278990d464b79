using System.Diagnostics;
using System.Globalization;
using System.Text;
using Acquisition.Benchmarks.Fuzzing;
using Acquisition.Restoration.Benchmarking;

namespace Acquisition.Benchmarks;

/// <summary>Changed messages through the decoder: none may crash it, hang it, or make it hold more.</summary>
internal static class FuzzMode
{
    private const long WarmUp = 100_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <param name="extent">A number of messages, or of seconds with an s behind it.</param>
    /// <returns><see langword="null"/> for an extent that is neither.</returns>
    public static int? Run(string extent, int seed)
    {
        bool isTime = extent.EndsWith('s');
        if (!long.TryParse(extent.TrimEnd('s'), NumberStyles.None, CultureInfo.InvariantCulture, out long amount) || amount == 0) return null;
        var fuzzer = new WireFuzzer(seed);
        if (!Drive(fuzzer, () => fuzzer.Count < WarmUp)) return 1; // what is made once and kept is there then
        (long heap, long resident) = Memory();
        TimeSpan processor = Process.GetCurrentProcess().TotalProcessorTime;
        long began = Stopwatch.GetTimestamp();
        if (!Drive(fuzzer, () => isTime ? Stopwatch.GetElapsedTime(began).TotalSeconds < amount : fuzzer.Count < amount)) return 1;
        TimeSpan took = Stopwatch.GetElapsedTime(began);
        processor = Process.GetCurrentProcess().TotalProcessorTime - processor;
        (long heapAfter, long residentAfter) = Memory();

        var text = new StringBuilder();
        text.AppendLine($"{ResultsFile.Origin(Machine.Current)}. `Acquisition.Benchmarks fuzz {extent} {seed}`: {fuzzer.Count:N0} messages made of good ones by up to four changes each,")
            .AppendLine("one after another through what judges the messages of a socket. None crashed or hung it; what was accepted holds what the protocol says.")
            .AppendLine($"Memory from message {WarmUp:N0} on, after a full collection.").AppendLine();
        text.AppendLine("| | |").AppendLine("|---|---|");
        Row("time by the clock, of the processor, s", $"{took.TotalSeconds:0}, {processor.TotalSeconds:0}");
        Row("slowest message, ms, other work of the machine included", $"{fuzzer.Slowest.TotalMilliseconds:0.0}");
        Row("most memory taken for one message, KiB", $"{fuzzer.LargestAllocationBytes / 1024.0:0}");
        Row("live managed heap before and after, KiB", $"{heap / 1024.0:0}, {heapAfter / 1024.0:0}");
        Row("resident before and after, MiB", $"{resident / 1048576.0:0.0}, {residentAfter / 1048576.0:0.0}");
        foreach (var (outcome, count) in fuzzer.Outcomes) Row(outcome is "start" or "frame" or "end" ? $"accepted, {outcome}" : $"refused, {outcome}", $"{count:N0}");
        ResultsFile.Put("Wire decoder under changed messages", text.ToString());
        return 0;

        void Row(string name, string value) => text.AppendLine($"| {name} | {value} |");
    }

    /// <returns>False when a message crashed or hung it, which has been told then.</returns>
    private static bool Drive(WireFuzzer fuzzer, Func<bool> goOn)
    {
        Task run = Task.Factory.StartNew(() => fuzzer.Run(goOn), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            for (long before = -1; !run.Wait(Patience); before = fuzzer.Count)
            {
                if (fuzzer.Count != before) continue;
                Console.Error.WriteLine($"Message {before} has taken {Patience.TotalSeconds} s.");
                return false;
            }

            return true;
        }
        catch (AggregateException e)
        {
            Console.Error.WriteLine(e.InnerException!.Message);
            return false;
        }
    }

    private static (long Heap, long Resident) Memory()
    {
        for (int i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return (GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet);
    }
}
