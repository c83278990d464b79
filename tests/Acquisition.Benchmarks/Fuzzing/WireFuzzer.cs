using System.Diagnostics;
using Acquisition.Transport;
using Acquisition.Transport.Wire;

namespace Acquisition.Benchmarks.Fuzzing;

/// <summary>Sends changed messages through the judge that the socket's messages go through.</summary>
internal sealed class WireFuzzer(int seed)
{
    /// <summary>Small, so that planes and pixels that are too large are met often.</summary>
    private static readonly SourceOptions Options = new() { Address = "tcp://127.0.0.1:5555", MaxPayloadBytes = 1 << 16 };

    private readonly MessageMutator _mutator = new(seed, FuzzSeeds.All);
    private readonly MessageJudge _judge = new(Options);
    private readonly FuzzObserver _observer = new();
    private long _count;

    /// <summary>Messages judged so far; it stands still when one of them hangs. Any thread may ask.</summary>
    public long Count => Interlocked.Read(ref _count);

    public IReadOnlyDictionary<string, long> Outcomes => _observer.Outcomes;

    /// <summary>The longest that one message took, by the clock: other work on the machine is in it.</summary>
    public TimeSpan Slowest { get; private set; }

    /// <summary>Most bytes that the judge took from the managed heap for one message.</summary>
    public long LargestAllocationBytes { get; private set; }

    /// <summary>Judges until <paramref name="goOn"/> says no.</summary>
    /// <exception cref="InvalidOperationException">A message was not refused and not accepted as declared; the message says which one.</exception>
    public void Run(Func<bool> goOn)
    {
        while (goOn())
        {
            _mutator.Next();
            Judge(_mutator.Message);
            if (_observer.WasAccepted) _mutator.Keep();
            Interlocked.Increment(ref _count);
        }
    }

    private void Judge(FuzzMessage message)
    {
        // A part that is not there is empty, as in the socket's message.
        ReadOnlySpan<byte> topic = message.Parts > 0 ? message.Topic : default, header = message.Parts > 1 ? message.Header : default,
            pixels = message.Parts > 2 ? message.Pixels : default;
        _observer.Calls = 0;
        long began = Stopwatch.GetTimestamp(), allocated = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            _judge.Judge(message.Parts, topic, header, pixels, _observer);
            LargestAllocationBytes = Math.Max(LargestAllocationBytes, GC.GetAllocatedBytesForCurrentThread() - allocated);
            TimeSpan took = Stopwatch.GetElapsedTime(began);
            if (took > Slowest) Slowest = took;
            _observer.CheckUserMap();
            if (_observer.Calls != 1) throw new InvalidOperationException($"The observer was called {_observer.Calls} times.");
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Message {_count} of seed {seed} ({message}): {e.GetType().Name}: {e.Message}", e);
        }
    }
}
