using Acquisition.Transport;
using Xunit;

namespace Acquisition.Tests.Transport;

public sealed class OptionsTests
{
    private static readonly SourceOptions Source = new() { Address = "tcp://127.0.0.1:5555" };
    private static readonly SenderOptions Sender = new() { Address = "ipc:///run/frames" };

    [Theory]
    [InlineData("")]
    [InlineData("127.0.0.1:5555")]
    [InlineData("tcp://127.0.0.1")]
    [InlineData("tcp://:5555")]
    [InlineData("tcp://127.0.0.1:")]
    [InlineData("tcp://127.0.0.1:65536")]
    [InlineData("tcp://127.0.0.1:port")]
    [InlineData("tcp://127.0.0.1:-1")]
    [InlineData("udp://127.0.0.1:5555")]
    [InlineData("ipc://")]
    public void An_address_that_is_none_is_refused_with_what_is_accepted(string address)
    {
        foreach (Action set in new Action[]
        {
            () => _ = Source with { Address = address },
            () => _ = Sender with { Address = address },
            () => _ = new PublisherOptions { Address = address },
        })
        {
            var fault = Assert.Throws<ArgumentException>(set);
            Assert.Contains($"'{address}'", fault.Message, StringComparison.Ordinal);
            Assert.Contains("tcp://host:port", fault.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("tcp://127.0.0.1:*")]
    [InlineData("tcp://*:5555")]
    [InlineData("tcp://[::1]:5555")]
    [InlineData("tcp://microscope.local:5555")]
    [InlineData("ipc:///run/frames")]
    public void Addresses_of_both_transports_are_taken(string address) =>
        Assert.Equal(address, (Source with { Address = address }).Address);

    [Theory]
    [InlineData("")]
    [InlineData("Cam")]
    [InlineData("cam.1")]
    [InlineData("cam 1")]
    [InlineData("abcdefghijklmnopqrstuvwxyz-0123456")]
    public void A_stream_that_cannot_stand_in_a_topic_is_refused(string stream)
    {
        var fault = Assert.Throws<ArgumentException>(() => Source with { Stream = stream });
        Assert.Contains($"'{stream}'", fault.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new PublisherOptions { Address = "tcp://127.0.0.1:*", Stream = stream });
    }

    [Fact]
    public void Numbers_that_would_mean_unlimited_are_refused()
    {
        var fault = Assert.Throws<ArgumentOutOfRangeException>(() => Source with { HighWaterMark = 0 });
        Assert.Contains("HighWaterMark is 0", fault.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Sender with { HighWaterMark = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new PublisherOptions { Address = "tcp://127.0.0.1:*", HighWaterMark = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => Source with { MaxPayloadBytes = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => Source with { MaxPayloadBytes = 1L << 31 });
        Assert.Throws<ArgumentOutOfRangeException>(() => Sender with { Linger = TimeSpan.FromMilliseconds(-1) });
        Assert.Throws<ArgumentOutOfRangeException>(() => Sender with { Linger = TimeSpan.MaxValue });
        Assert.Throws<ArgumentOutOfRangeException>(() => Source with { Pattern = (SocketPattern)2 });
    }
}
