using Acquisition.Restoration;
using Acquisition.Tests.Bindings.TorchSharp;
using Acquisition.Torch;
using Xunit;
using static TorchSharp.torch;

namespace Acquisition.Tests.Torch;

[Collection(LibTorchPresence.Collection)]
public sealed class TorchThreadsTests
{
    public TorchThreadsTests() => LibTorchPresence.Require();

    [Fact]
    public void What_another_thread_takes_does_not_count_once_it_is_said_again()
    {
        TorchThreads.Use(2);
        int elsewhere = 0;
        var other = new Thread(() =>
        {
            TorchThreads.Use(1);
            elsewhere = get_num_threads();
        });
        other.Start();
        other.Join();
        TorchThreads.Use(2);
        Assert.Equal((2, 1), (get_num_threads(), elsewhere));
    }

    [Theory]
    [InlineData(3, null, 3)]
    [InlineData(3, 2, 2)]
    [InlineData(2, 5, 2)]
    public void A_budget_takes_away_and_never_adds(int asked, int? left, int taken)
    {
        TorchThreads.Use(asked, left is { } threads ? new ThreadBudget(threads) : null);
        Assert.Equal(taken, get_num_threads());
    }
}
