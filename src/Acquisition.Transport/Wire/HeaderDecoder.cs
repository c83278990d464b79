using System.Text;
using Acquisition.Core;
using MessagePack;

namespace Acquisition.Transport.Wire;

/// <summary>Reads the headers that a source sends, with every check that needs no memory of earlier messages.</summary>
internal static partial class HeaderDecoder
{
    private static readonly string[] PreambleKeys = ["v", "kind"];
    private static readonly string[] FrameKeys =
        ["scan", "seq", "t_ns", "index", "shape", "dtype", "nbytes", "frame_no", "stamp_ns"];
    private static readonly string[] IdentityKeys = ["scan", "seq"];
    private static readonly string[] IndexAxes = ["t", "c", "z"];
    private static readonly string[] EndKeys = ["scan", "seq", "t_ns", "frames", "status", "reason"];

    /// <summary>Checks what must hold before a header's other keys mean anything: its form, version and kind.</summary>
    /// <exception cref="RefusedException">It does not hold.</exception>
    public static void CheckPreamble(ReadOnlyMemory<byte> header, MessageKind kindOfTopic)
    {
        HeaderOutline.Check(header);
        var reader = new MessagePackReader(header);
        MessagePackReader atVersion = reader, atKind = reader;
        var keys = new HeaderKeys(PreambleKeys, 2, "");
        for (int left = reader.ReadMapHeader(); left > 0; left--)
        {
            int key = keys.Next(ref reader);
            if (key < 0) continue;
            if (key == 0) atVersion = reader.CreatePeekReader();
            else atKind = reader.CreatePeekReader();
            reader.Skip();
        }

        keys.RequireAll();
        long version = HeaderValues.Integer(ref atVersion, "v"); // first: another version may mean the rest otherwise
        if (version != WireFormat.Version)
        {
            throw new RefusedException(
                RefusalReason.UnsupportedVersion, $"v is {version}; this program speaks version {WireFormat.Version}");
        }

        ReadOnlySpan<byte> kind = HeaderValues.Utf8(ref atKind, "kind");
        if (Ascii.Equals(kind, Topic.Name(kindOfTopic))) return;
        bool isKnown = kind.SequenceEqual("start"u8) || kind.SequenceEqual("frame"u8) || kind.SequenceEqual("end"u8);
        throw isKnown
            ? new RefusedException(
                RefusalReason.Malformed, $"kind is '{Topic.Show(kind)}' under a topic that says {Topic.Name(kindOfTopic)}")
            : new RefusedException(
                RefusalReason.UnknownKind, $"kind is '{Topic.Show(kind)}'; a source sends start, frame and end");
    }

    /// <summary>Reads which message a refused header belongs to.</summary>
    /// <returns><see langword="null"/> when not even that can be read.</returns>
    public static MessageId? Identify(ReadOnlyMemory<byte> header)
    {
        try
        {
            HeaderOutline.Check(header);
            var reader = new MessagePackReader(header);
            var keys = new HeaderKeys(IdentityKeys, IdentityKeys.Length, "");
            MessageId message = default;
            for (int left = reader.ReadMapHeader(); left > 0; left--)
            {
                switch (keys.Next(ref reader))
                {
                    case 0:
                        message = message with { ScanId = HeaderValues.ScanId(ref reader) };
                        break;
                    case 1:
                        message = message with { Sequence = HeaderValues.Unsigned(ref reader, "seq") };
                        break;
                }
            }

            keys.RequireAll();
            return message;
        }
        catch (RefusedException)
        {
            return null;
        }
    }

    /// <summary>Reads the header of a frame. Does not allocate.</summary>
    /// <param name="claimedBytes">Receives nbytes, not yet compared with anything.</param>
    /// <exception cref="RefusedException">A key is missing or not accepted.</exception>
    public static FrameHeader Frame(ReadOnlyMemory<byte> header, out long claimedBytes)
    {
        var reader = new MessagePackReader(header);
        var keys = new HeaderKeys(FrameKeys, FrameKeys.Length, "");
        FrameHeader frame = default;
        claimedBytes = 0;
        for (int left = reader.ReadMapHeader(); left > 0; left--)
        {
            switch (keys.Next(ref reader))
            {
                case 0:
                    frame = frame with { ScanId = HeaderValues.ScanId(ref reader) };
                    break;
                case 1:
                    frame = frame with { Sequence = HeaderValues.Unsigned(ref reader, "seq") };
                    break;
                case 2:
                    frame = frame with { SentUnixNs = HeaderValues.Integer(ref reader, "t_ns") };
                    break;
                case 3:
                    frame = frame with { Index = Index(ref reader) };
                    break;
                case 4:
                    if (HeaderValues.Array(ref reader, "shape") is not 2 and int axes)
                        throw HeaderValues.Bad("shape", $"of {axes} axes", "[y, x]");
                    frame = frame with { Height = Extent(ref reader, "shape[0]"), Width = Extent(ref reader, "shape[1]") };
                    break;
                case 5:
                    frame = frame with { PixelType = HeaderValues.Dtype(ref reader) };
                    break;
                case 6:
                    claimedBytes = HeaderValues.Integer(ref reader, "nbytes", min: 0);
                    break;
                case 7:
                    frame = frame with { CameraFrame = HeaderValues.Integer(ref reader, "frame_no") };
                    break;
                case 8:
                    frame = frame with { CameraStampNs = HeaderValues.Integer(ref reader, "stamp_ns") };
                    break;
            }
        }

        keys.RequireAll();
        return frame;
    }

    /// <exception cref="RefusedException">A key is missing or not accepted.</exception>
    public static ScanEnd End(ReadOnlyMemory<byte> header)
    {
        var reader = new MessagePackReader(header);
        var keys = new HeaderKeys(EndKeys, EndKeys.Length, "");
        var end = new ScanEnd(default, 0, 0, "", "");
        for (int left = reader.ReadMapHeader(); left > 0; left--)
        {
            switch (keys.Next(ref reader))
            {
                case 0:
                    end = end with { ScanId = HeaderValues.ScanId(ref reader) };
                    break;
                case 1:
                    end = end with { Sequence = HeaderValues.Unsigned(ref reader, "seq") };
                    break;
                case 2:
                    HeaderValues.Integer(ref reader, "t_ns");
                    break;
                case 3:
                    end = end with { FramesSent = HeaderValues.Integer(ref reader, "frames", min: 0) };
                    break;
                case 4:
                    end = end with { Status = WireFormat.EndStates[HeaderValues.Word(ref reader, "status", WireFormat.EndStates)] };
                    break;
                case 5:
                    end = end with { Reason = HeaderValues.Text(ref reader, "reason") };
                    break;
            }
        }

        keys.RequireAll();
        return end;
    }

    private static FrameIndex Index(ref MessagePackReader reader)
    {
        var keys = new HeaderKeys(IndexAxes, 3, "index.");
        Span<int> tcz = stackalloc int[3];
        for (int left = HeaderValues.Map(ref reader, "index"); left > 0; left--)
        {
            int axis = keys.Next(ref reader);
            if (axis >= 0) tcz[axis] = (int)HeaderValues.Integer(ref reader, "index", 0, int.MaxValue);
        }

        keys.RequireAll();
        return new FrameIndex(tcz[0], tcz[1], tcz[2]);
    }

    private static int Extent(ref MessagePackReader reader, string key) =>
        (int)HeaderValues.Integer(ref reader, key, 1, ScanPlan.MaxExtent);
}
