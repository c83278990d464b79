namespace Acquisition.Storage.Tiff;

/// <summary>Run lengths of bytes as in TIFF 6.0, section 9.</summary>
internal static class PackBits
{
    /// <returns>Bytes written; fewer than <paramref name="raw"/> holds when the data ends early.</returns>
    public static int Decode(ReadOnlySpan<byte> packed, Span<byte> raw)
    {
        int done = 0;
        while (done < raw.Length && packed.Length > 1)
        {
            int control = (sbyte)packed[0];
            packed = packed[1..];
            if (control == -128) continue; // no operation

            int count = Math.Min(Math.Abs(control) + 1, raw.Length - done);
            if (control < 0)
            {
                raw.Slice(done, count).Fill(packed[0]);
                packed = packed[1..];
            }
            else
            {
                count = Math.Min(count, packed.Length);
                packed[..count].CopyTo(raw[done..]);
                packed = packed[count..];
            }

            done += count;
        }

        return done;
    }
}
