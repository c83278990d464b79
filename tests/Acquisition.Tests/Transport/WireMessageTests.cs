using Acquisition.Core;
using Acquisition.Tests.Support;
using Acquisition.Transport;
using Xunit;

namespace Acquisition.Tests.Transport;

public sealed class WireMessageTests
{
    private static readonly FrameHeader Header = TransportPlans.Frame(7, new FrameIndex(1, 0, 3));

    [Theory]
    [InlineData(0)]
    [InlineData(200)]
    [InlineData(32_768)]
    [InlineData(2_000_000_000)]
    public void A_value_is_exchanged_and_every_other_byte_stays(int z)
    {
        WireMessage wanted = WireMessage.Frame("cam-1", Header with { Index = new(1, 0, z) }, new byte[6]);
        WireMessage patched = WireMessage.Frame("cam-1", Header, new byte[6]).With("index.z", z);
        Assert.Equal(wanted.Parts[1].ToArray(), patched.Parts[1].ToArray());
        Assert.Equal(z, patched.FrameHeader!.Value.Index.Z);
    }

    [Fact]
    public void A_message_of_another_scan_differs_in_its_scan_alone()
    {
        Guid other = Guid.Parse("11111111-2222-3333-4444-555555555555");
        WireMessage start = WireMessage.Start(TransportPlans.Full, 4, repeat: true);
        Assert.Equal(
            WireMessage.Start(TransportPlans.Full with { ScanId = other }, 4, repeat: true).Parts[1].ToArray(),
            start.WithScan(other).Parts[1].ToArray());
        Assert.Equal(new MessageId(other, 4), start.WithScan(other).Id);
        Assert.Equal(
            WireMessage.Start(TransportPlans.Full, 4, repeat: false).Parts[1].ToArray(), start.With("repeat", false).Parts[1].ToArray());
    }

    [Fact]
    public void A_header_that_cannot_be_read_says_nothing_and_stays_as_it_is()
    {
        var broken = new WireMessage("acq.cam-1.frame"u8.ToArray(), new byte[] { 0xC1, 2, 3 }, new byte[4]);
        Assert.True(broken.IsFrame);
        Assert.Null(broken.FrameHeader);
        Assert.Null(broken.Id);
        Assert.Same(broken, broken.With("nbytes", 3));
        WireMessage whole = WireMessage.Frame("cam-1", Header, new byte[6]);
        Assert.Same(whole, whole.With("no-such-key", 3));
        Assert.Same(whole, whole.With("nbytes.inside", 3));
    }

    [Fact]
    public void Any_bytes_are_a_message()
    {
        var nonsense = new WireMessage("hello"u8.ToArray());
        Assert.False(nonsense.IsFrame || nonsense.IsStart || nonsense.IsEnd);
        Assert.Null(nonsense.Stream);
        Assert.Null(nonsense.Id);
        Assert.Throws<InvalidOperationException>(() => nonsense.WithPixels(new byte[1]));
        Assert.Throws<ArgumentException>(() => new WireMessage());
    }
}
