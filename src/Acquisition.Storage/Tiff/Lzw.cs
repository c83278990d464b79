namespace Acquisition.Storage.Tiff;

/// <summary>LZW as in TIFF 6.0, section 13: codes of 9 to 12 bits, high bit first, each width left one code early.</summary>
internal static class Lzw
{
    private const int Clear = 256, EndOfInformation = 257, FirstFree = 258;
    private const int MinBits = 9, MaxBits = 12, TableSize = 1 << MaxBits;

    /// <returns>Bytes written; fewer than <paramref name="raw"/> holds when the data ends early.</returns>
    /// <exception cref="InvalidDataException">A code refers to a string that is not there yet.</exception>
    public static int Decode(ReadOnlySpan<byte> packed, Span<byte> raw)
    {
        // Writers before TIFF 6.0 put the low bit first, which shows in the first code: it is always Clear.
        if (packed is [0, var second, ..] && (second & 1) != 0)
            throw new InvalidDataException("it is LZW of the kind before TIFF 6.0 (low bit first)");

        // A string is the string before it plus one byte; single bytes are their own strings.
        Span<ushort> before = stackalloc ushort[TableSize];
        Span<byte> last = stackalloc byte[TableSize];
        Span<byte> first = stackalloc byte[TableSize];
        Span<ushort> length = stackalloc ushort[TableSize];
        for (int i = 0; i < Clear; i++) (last[i], first[i], length[i]) = ((byte)i, (byte)i, 1);

        int next = FirstFree, bits = MinBits, previous = -1, done = 0, held = 0, position = 0;
        uint buffer = 0;
        while (done < raw.Length)
        {
            for (; held < bits; held += 8)
            {
                if (position == packed.Length) return done;
                buffer = buffer << 8 | packed[position++];
            }

            int code = (int)(buffer >> (held -= bits)) & ((1 << bits) - 1);
            if (code == EndOfInformation) break;
            if (code == Clear)
            {
                (next, bits, previous) = (FirstFree, MinBits, -1);
                continue;
            }

            if (code > next || (code == next && (previous < 0 || next == TableSize)) || (previous < 0 && code >= FirstFree))
                throw new InvalidDataException($"LZW code {code} at byte {position} names a string that does not exist");
            if (previous >= 0 && next < TableSize)
            {
                // The string not yet known repeats the previous one's first byte, which is then also its own.
                (before[next], first[next], length[next]) = ((ushort)previous, first[previous], (ushort)(length[previous] + 1));
                last[next++] = first[code];
            }

            done += Emit(code, before, last, length, raw[done..]);
            previous = code;
            if (next == (1 << bits) - 1 && bits < MaxBits) bits++;
        }

        return done;
    }

    /// <summary>Writes a string from its end; what exceeds the room is left out.</summary>
    private static int Emit(int code, ReadOnlySpan<ushort> before, ReadOnlySpan<byte> last, ReadOnlySpan<ushort> length, Span<byte> target)
    {
        int bytes = length[code];
        for (int i = bytes - 1; i >= 0; i--, code = before[code])
            if (i < target.Length)
                target[i] = last[code];
        return Math.Min(bytes, target.Length);
    }
}
