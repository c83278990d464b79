namespace Acquisition.Transport.Recording;

/// <summary>How a recording of the wire lies in its file.</summary>
/// <remarks>
/// Integers are little-endian. The file begins with the eight bytes "acq-wire" and the version, a uint32: 1. Then come records, one
/// a message, in the order of arrival:
/// <code>
/// int64    arrival      Unix nanoseconds, this machine's clock
/// uint32   parts        1 or more
/// uint32   length       of each part in turn; bytes
/// bytes    part         each part in turn, as it came
/// uint32   checksum     CRC-32C of everything in the record before it
/// </code>
/// Records are only ever appended. A program or a machine that ends in the middle of one leaves a torn tail; all records before
/// it are whole, and a reader stops there.
/// </remarks>
internal static class RecordingFormat
{
    public const uint Version = 1;

    /// <summary>Arrival and number of parts.</summary>
    public const int FixedBytes = sizeof(long) + sizeof(uint);

    /// <summary>A sane message has three; more than this is damage.</summary>
    public const int MaxParts = 1 << 16;

    public static ReadOnlySpan<byte> Magic => "acq-wire"u8;

    public static int FileHeadBytes => Magic.Length + sizeof(uint);
}
