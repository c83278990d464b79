using Acquisition.Storage.Files;
using Acquisition.Tests.Support;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace Acquisition.Tests.Storage;

public sealed class BlockWriterTests : IDisposable
{
    private const int MostAtOnce = 300_000;

    private readonly StorageFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Around a sector, what a disk writes at once, the smallest file written past the cache, and several blocks.</summary>
    public static TheoryData<int> Lengths =>
        [0, 1, 4095, 4096, 4097, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, (4 << 20) - 1, 4 << 20, (4 << 20) + 1, (13 << 20) + 777];

    [Theory, MemberData(nameof(Lengths))]
    public void A_file_holds_the_bytes_put_in_whatever_their_pieces(int length)
    {
        var random = new Random(Seed: length);
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        string path = Path.Combine(_folder.Path, "file");
        using (SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write))
        using (var writer = new BlockWriter(file, length, MostAtOnce))
        {
            for (int at = 0; at < length;)
            {
                int piece = Math.Min(random.Next(1, MostAtOnce), length - at);
                Assert.Equal(at, writer.Position);
                Span<byte> room = writer.Room(MostAtOnce);
                Assert.True(room.Length >= MostAtOnce);
                room.Fill(0xEE); // what was promised and not used must not stay
                bytes.AsSpan(at, piece).CopyTo(room);
                writer.Advance(piece);
                at += piece;
            }

            writer.Finish();
        }

        Assert.Equal(bytes, File.ReadAllBytes(path));
    }
}
