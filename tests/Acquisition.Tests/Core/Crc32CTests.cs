using Acquisition.Core;
using Xunit;

namespace Acquisition.Tests.Core;

public sealed class Crc32CTests
{
    // RFC 3720, appendix B.4, and the check value of the catalogue of parametrised CRC algorithms.
    [Fact]
    public void Published_values_come_out()
    {
        Assert.Equal(0x8A9136AAu, Crc32C.Compute(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Compute([.. Enumerable.Repeat((byte)255, 32)]));
        Assert.Equal(0x46DD794Eu, Crc32C.Compute([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));
        Assert.Equal(0xE3069283u, Crc32C.Compute("123456789"u8));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(9)]
    public void Pieces_give_the_value_of_the_whole(int cut) =>
        Assert.Equal(0xE3069283u, Crc32C.Append(Crc32C.Compute("123456789"u8[..cut]), "123456789"u8[cut..]));

    [Fact]
    public void A_seal_breaks_with_any_bit()
    {
        byte[] data = [.. "some pixels"u8, 0, 0, 0, 0];
        Crc32C.Seal(data);
        Assert.True(Crc32C.IsSealed(data));
        for (int bit = 0; bit < data.Length * 8; bit++)
        {
            data[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.False(Crc32C.IsSealed(data));
            data[bit / 8] ^= (byte)(1 << bit % 8);
        }
    }
}
