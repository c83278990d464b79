using System.Text;
using Acquisition.Core;

namespace Acquisition.Transport.Wire;

/// <summary>Reads one message after another as far as that needs no memory of earlier ones, and refuses what is not of the protocol.</summary>
internal sealed class MessageJudge(SourceOptions options)
{
    private readonly byte[] _header = new byte[WireFormat.MaxHeaderBytes];

    /// <summary>Tells the observer of one message, once.</summary>
    /// <param name="parts">How many parts it has; those not given are not looked at.</param>
    /// <param name="topic">Part 0; like the others empty where there is none.</param>
    public void Judge(int parts, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> headerPart, ReadOnlySpan<byte> pixels, IFrameObserver observer)
    {
        FrameHeader frame = default;
        ScanPlan? plan = null;
        ScanEnd? end = null;
        ulong sequence = 0;
        bool repeat = false;
        try
        {
            MessageKind kind = Topic.Parse(topic, out ReadOnlySpan<byte> stream);
            ReadOnlyMemory<byte> header = CopyHeader(parts, headerPart);
            HeaderDecoder.CheckPreamble(header, kind);
            CheckStream(stream);
            CheckParts(parts, accepted: kind == MessageKind.Frame ? 3 : 2);
            switch (kind)
            {
                case MessageKind.Start:
                    plan = HeaderDecoder.Start(
                        header, Encoding.ASCII.GetString(stream), options.MaxPayloadBytes, out sequence, out repeat);
                    break;
                case MessageKind.End:
                    end = HeaderDecoder.End(header);
                    break;
                default:
                    frame = HeaderDecoder.Frame(header, out long claimedBytes);
                    CheckPixels(frame, claimedBytes, pixels.Length);
                    break;
            }
        }
        catch (RefusedException e)
        {
            observer.OnRefused(e.Reason, Topic.SaysFrame(topic), Identify(parts, headerPart), () => e.Message);
            return;
        }

        if (plan is not null) observer.OnStart(plan, sequence, repeat);
        else if (end is not null) observer.OnEnd(end);
        else observer.OnFrame(frame, pixels);
    }

    /// <summary>The MessagePack reader wants memory that the collector knows, and a header is small.</summary>
    private ReadOnlyMemory<byte> CopyHeader(int parts, ReadOnlySpan<byte> header)
    {
        CheckParts(Math.Min(parts, 2), accepted: 2);
        if (header.Length > _header.Length)
        {
            throw new RefusedException(
                RefusalReason.HeaderTooLarge, $"the header has {header.Length} bytes; accepted are up to {_header.Length}");
        }

        header.CopyTo(_header);
        return _header.AsMemory(0, header.Length);
    }

    private MessageId? Identify(int parts, ReadOnlySpan<byte> header) =>
        parts >= 2 && header.Length <= _header.Length ? HeaderDecoder.Identify(CopyHeader(parts, header)) : null;

    private static void CheckParts(int found, int accepted)
    {
        if (found == accepted) return;
        throw new RefusedException(RefusalReason.Malformed, $"the message has {found} parts; accepted are {accepted}");
    }

    private void CheckStream(ReadOnlySpan<byte> stream)
    {
        if (options.Stream is null || Ascii.Equals(stream, options.Stream)) return;
        throw new RefusedException(
            RefusalReason.Malformed, $"the message is of stream {Topic.Show(stream)}; this source listens to {options.Stream}");
    }

    private void CheckPixels(in FrameHeader frame, long claimedBytes, long foundBytes)
    {
        long shapeBytes = (long)frame.Height * frame.Width * frame.PixelType.Bytes();
        long largest = Math.Max(foundBytes, Math.Max(claimedBytes, shapeBytes));
        if (largest > options.MaxPayloadBytes)
        {
            throw new RefusedException(
                RefusalReason.PayloadTooLarge, $"the frame has {largest} bytes; accepted are up to {options.MaxPayloadBytes}");
        }

        if (claimedBytes != shapeBytes || foundBytes != shapeBytes)
        {
            throw new RefusedException(
                RefusalReason.SizeMismatch,
                $"nbytes is {claimedBytes}, shape times dtype gives {shapeBytes} and {foundBytes} bytes of pixels came");
        }
    }
}
