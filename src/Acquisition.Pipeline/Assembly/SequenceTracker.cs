namespace Acquisition.Pipeline.Assembly;

/// <summary>Finds lost, repeated and disordered messages from the numbers a source gives them.</summary>
/// <remarks>Remembers the last 65,536 numbers exactly; a number older than that counts as a repeat. One that lies further ahead is
/// believed only when the next message comes right after it: a damaged number would otherwise make all others look old, and
/// the losses endless. One thread.</remarks>
internal sealed class SequenceTracker
{
    private const int Window = 1 << 16;

    private readonly ulong[] _seen = new ulong[Window / 64];
    private ulong _first;
    private ulong _highest;
    private long _distinct;
    private ulong? _doubtful; // the last message's number, when it lay too far ahead

    /// <summary>Numbers between the first and the highest seen that never came.</summary>
    public long Lost => _distinct == 0 ? 0 : (long)(_highest - _first) + 1 - _distinct;

    public long Repeated { get; private set; }

    /// <summary>Messages that came after a later one, or with a number that was not believed.</summary>
    public long Disordered { get; private set; }

    /// <returns>Whether the number is believed, as far as that can be told now.</returns>
    public bool Note(ulong sequence)
    {
        bool isConfirmed = _doubtful is { } before && sequence > before && sequence - before <= Window;
        if (isConfirmed)
        {
            Disordered--;
            Advance(_doubtful!.Value);
        }

        _doubtful = null;
        if (_distinct == 0)
        {
            _first = _highest = sequence;
            Mark(sequence);
            return true;
        }

        if (sequence > _highest && sequence - _highest > Window)
        {
            _doubtful = sequence;
            Disordered++;
            return false;
        }

        if (sequence > _highest)
        {
            Advance(sequence);
        }
        else if (_highest - sequence >= Window || IsMarked(sequence))
        {
            Repeated++;
        }
        else
        {
            Disordered++;
            _first = Math.Min(_first, sequence);
            Mark(sequence);
        }

        return true;
    }

    /// <summary>Notes the message that closes a scan. None comes after it that could confirm its number, but it tells how many frames were
    /// sent, and the other messages are few.</summary>
    public void NoteEnd(ulong sequence, long framesSent)
    {
        if (Note(sequence) || framesSent < 0 || sequence < (ulong)framesSent || sequence - (ulong)framesSent > Window) return;
        _doubtful = null;
        Disordered--;
        Advance(sequence);
    }

    private void Advance(ulong sequence)
    {
        // Numbers entering the window have not been seen; the bits they reuse belong to ones that left it.
        ulong fresh = Math.Min(sequence - _highest, Window);
        for (ulong n = sequence - fresh + 1; n <= sequence; n++) Clear(n);
        _highest = sequence;
        Mark(sequence);
    }

    private void Mark(ulong n)
    {
        _seen[n % Window / 64] |= 1UL << (int)(n % 64);
        _distinct++;
    }

    private void Clear(ulong n) => _seen[n % Window / 64] &= ~(1UL << (int)(n % 64));

    private bool IsMarked(ulong n) => (_seen[n % Window / 64] >> (int)(n % 64) & 1) != 0;
}
