using System.Globalization;
using Acquisition.Core;

namespace Acquisition.Pipeline.Metering;

/// <summary>Tells what a person should see coming: queues that fill, a disk that will not last, programs that do not get in. One thread at a time.</summary>
/// <param name="warn">Told the first time of each kind, for report and ledger.</param>
/// <param name="record">Told when a queue's alarm rises once more, for the ledger.</param>
internal sealed class RunWatch(Action<string> warn, Action<string> record)
{
    /// <summary>Time enough to make room, and the last moment to do so.</summary>
    private static readonly TimeSpan[] DiskMarks = [TimeSpan.FromHours(1), TimeSpan.FromMinutes(10)];

    private readonly Dictionary<string, (long High, long Full)> _told = [];
    private int _diskMarksTold;
    private bool _shortageTold;
    private bool _refusalTold;

    /// <summary>Compares with what was told before. Alarms that came and went in between are told as well.</summary>
    public void Look(RunStatus status)
    {
        foreach (QueueStatus queue in status.Queues) Look(queue);
        if (status.RefusedClients > 0 && !_refusalTold)
        {
            _refusalTold = true;
            warn("A program that wanted to feed this run or to listen to it was refused, because its key is not listed. The number of tries stands in "
                + "the report; if it belongs here, add its public key to allowed_keys_file and start it again.");
        }

        if (status is { FreeBytes: { } free, DiskTimeLeft: { } left }) Look(status, free, left);
    }

    private void Look(QueueStatus queue)
    {
        (long high, long full) = _told.GetValueOrDefault(queue.Name);
        if (queue.TimesFull > full)
            Tell(full == 0, $"The queue '{queue.Name}' had no room left; what it does then: {queue.Policy}. {Filling(queue)}");
        else if (queue.TimesHigh > high)
            Tell(high == 0, $"The queue '{queue.Name}' was filled to three quarters. {Filling(queue)}");
        _told[queue.Name] = (queue.TimesHigh, queue.TimesFull);
    }

    private void Tell(bool isFirst, string message) => (isFirst ? warn : record)(message);

    private void Look(RunStatus status, long free, TimeSpan left)
    {
        int passed = DiskMarks.Count(mark => left < mark);
        if (passed > _diskMarksTold)
        {
            _diskMarksTold = passed;
            warn($"The disk under the run has {GiB(free)} left, which is about {Minutes(left)} at the present rate. Make room, or end the scan.");
        }

        if (_shortageTold || passed > 0 || status.Plan is not { TimePoints: { } planned, Interval: { } interval } plan) return;
        TimeSpan toCome = interval * Math.Max(0, planned - status.Volumes.Assembled / plan.Channels.Length);
        if (left >= toCome) return;
        _shortageTold = true;
        warn($"The disk under the run lasts about {Minutes(left)} at the present rate, and the scan goes on for {Minutes(toCome)}. Make room in time.");
    }

    private static string Filling(QueueStatus queue) => string.Create(CultureInfo.InvariantCulture,
        $"Waiting now: {queue.Depth}, {queue.DepthBytes >> 20} of {queue.BudgetBytes >> 20} MiB; at most it held {queue.HighWaterBytes >> 20} MiB.");

    private static string GiB(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB");

    private static string Minutes(TimeSpan time) => time.TotalHours < 2
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} min")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0} h");
}
