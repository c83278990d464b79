using System.Buffers.Binary;
using Acquisition.Core;
using Acquisition.Viewer.Pictures;
using Acquisition.Viewer.Telling;

namespace Acquisition.Viewer.Live;

/// <summary>Something to see, on its way to one client.</summary>
/// <param name="Head">Length of the header (u32, little-endian), the header as JSON, zeros up to a multiple of 8.</param>
/// <param name="Payload">Samples, little-endian; lives as long as <paramref name="Lent"/> is retained.</param>
/// <param name="Lent">Released once the message is sent.</param>
internal sealed record BinaryMessage(byte[] Head, ReadOnlyMemory<byte> Payload, VolumeBuffer Lent)
{
    private const int Alignment = 8;

    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    /// <param name="picture">Becomes the message's own.</param>
    /// <param name="from">First plane to send.</param>
    public static BinaryMessage Of(Picture picture, int from, long id) => new(
        Frame(new
        {
            Type = "volume",
            Id = id,
            picture.Kind,
            picture.Index.C,
            picture.Index.T,
            picture.Source,
            Dtype = picture.Pixels.PixelType,
            picture.Full,
            picture.Pixels.Shape,
            Reduced = picture.Reduction,
            Planes = new[] { from, picture.Planes },
            Complete = picture.IsComplete,
            picture.Made,
            picture.FinishedUnixMs,
            SentUnixMs = Now,
        }),
        new PlanesMemory(picture.Pixels, from, picture.Planes).Memory,
        picture.Pixels);

    /// <param name="sections">Become the message's own.</param>
    public static BinaryMessage Of(Sections sections, long id) => new(
        Frame(new
        {
            Type = "sections",
            Id = id,
            sections.Kind,
            sections.Index.C,
            sections.Index.T,
            sections.Source,
            Dtype = sections.Pixels.PixelType,
            sections.Full,
            sections.At,
            sections.Made,
            sections.FinishedUnixMs,
            SentUnixMs = Now,
        }),
        new PlanesMemory(sections.Pixels, 0, 1).Memory,
        sections.Pixels);

    /// <param name="slice">Becomes the message's own.</param>
    public static BinaryMessage Of(Slice slice, SliceRequest request, long id) => new(
        Frame(new
        {
            Type = "slice",
            Id = id,
            request.Request,
            request.Kind,
            request.Index.C,
            request.Index.T,
            slice.Axis,
            slice.At,
            Dtype = slice.Pixels.PixelType,
            Shape = new[] { slice.Rows, slice.Columns },
        }),
        new PlanesMemory(slice.Pixels, 0, slice.Pixels.Shape.Z).Memory,
        slice.Pixels);

    private static byte[] Frame<T>(T header)
    {
        byte[] json = Told.Json(header);
        int length = (sizeof(uint) + json.Length + Alignment - 1) / Alignment * Alignment;
        var head = new byte[length];
        BinaryPrimitives.WriteUInt32LittleEndian(head, (uint)json.Length);
        json.CopyTo(head, sizeof(uint));
        return head;
    }
}
