namespace Acquisition.Pipeline.Assembly;

/// <summary>Finds lost, repeated and disordered messages from the numbers a source gives them.</summary>
/// <remarks>Remembers the last 65,536 numbers exactly; a number older than that counts as a repeat. One thread.</remarks>
internal sealed class SequenceTracker
{
    private const int Window = 1 << 16;

    private readonly ulong[] _seen = new ulong[Window / 64];
    private ulong _first;
    private ulong _highest;
    private long _distinct;

    /// <summary>Numbers between the first and the highest seen that never came.</summary>
    public long Lost => _distinct == 0 ? 0 : (long)(_highest - _first) + 1 - _distinct;

    public long Repeated { get; private set; }

    public long Disordered { get; private set; }

    public void Note(ulong sequence)
    {
        if (_distinct == 0)
        {
            _first = _highest = sequence;
            Mark(sequence);
            return;
        }

        if (sequence > _highest)
        {
            // Numbers entering the window have not been seen; the bits they reuse belong to ones that left it.
            ulong fresh = Math.Min(sequence - _highest, Window);
            for (ulong n = sequence - fresh + 1; n <= sequence; n++) Clear(n);
            _highest = sequence;
            Mark(sequence);
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
    }

    private void Mark(ulong n)
    {
        _seen[n % Window / 64] |= 1UL << (int)(n % 64);
        _distinct++;
    }

    private void Clear(ulong n) => _seen[n % Window / 64] &= ~(1UL << (int)(n % 64));

    private bool IsMarked(ulong n) => (_seen[n % Window / 64] >> (int)(n % 64) & 1) != 0;
}
