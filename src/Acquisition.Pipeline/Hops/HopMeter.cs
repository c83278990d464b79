using Acquisition.Core;
using Acquisition.Pipeline.Metering;

namespace Acquisition.Pipeline.Hops;

/// <summary>Counts what goes through one bounded hop. Not thread-safe: the hop's lock guards it.</summary>
/// <param name="budgetBytes">Bytes that the hop may hold; 0 or less for one that may hold none.</param>
internal sealed class HopMeter(string name, long budgetBytes)
{
    private readonly DurationHistogram _timeInQueue = new($"wait in queue '{name}'");
    private long _highWaterBytes;
    private QueueAlarm _alarm;
    private long _timesHigh;
    private long _timesFull;

    public long Bytes { get; private set; }

    public DurationHistogram TimeInQueue => _timeInQueue;

    public QueueStatus Status(string policy, int depth) => new(name, policy, depth, Bytes, _highWaterBytes, budgetBytes, Dropped: 0)
    {
        Alarm = _alarm,
        TimesHigh = _timesHigh,
        TimesFull = _timesFull,
        TimeInQueue = _timeInQueue.Summarize() is { Count: > 0 } summary ? summary : null,
    };

    public void NoteEntered(long bytes)
    {
        Bytes += bytes;
        _highWaterBytes = Math.Max(_highWaterBytes, Bytes);
        if (Bytes > 0 && Share >= 0.75) RaiseTo(QueueAlarm.High);
    }

    /// <param name="bytes">Memory that the item still held.</param>
    /// <param name="waited">Since it entered.</param>
    /// <param name="isRelieved">Whether no item waits that found no room; otherwise the alarm stays.</param>
    public void NoteLeft(long bytes, TimeSpan waited, bool isRelieved = true)
    {
        _timeInQueue.Note(waited);
        NoteGivenBack(bytes, isRelieved);
    }

    /// <summary>An item goes on waiting without its memory.</summary>
    public void NoteGivenBack(long bytes, bool isRelieved)
    {
        Bytes -= bytes;
        if (!isRelieved) return;
        if (_alarm == QueueAlarm.Full && Share < 0.75) _alarm = QueueAlarm.High;
        if (_alarm == QueueAlarm.High && Share < 0.5) _alarm = QueueAlarm.None;
    }

    /// <summary>An item found no room.</summary>
    public void NoteNoRoom() => RaiseTo(QueueAlarm.Full);

    /// <summary>Whatever waited was given back.</summary>
    public void NoteEmptied() => NoteGivenBack(Bytes, isRelieved: true);

    private double Share => budgetBytes > 0 ? (double)Bytes / budgetBytes : Bytes > 0 ? 1 : 0;

    private void RaiseTo(QueueAlarm level)
    {
        if (_alarm == QueueAlarm.None) _timesHigh++;
        if (_alarm < QueueAlarm.Full && level == QueueAlarm.Full) _timesFull++;
        if (_alarm < level) _alarm = level;
    }
}
