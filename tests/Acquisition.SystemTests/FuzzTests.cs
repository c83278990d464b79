using Acquisition.Benchmarks.Fuzzing;
using Xunit;

namespace Acquisition.SystemTests;

/// <summary>A short form of what Acquisition.Benchmarks does over ten million messages.</summary>
public sealed class FuzzTests
{
    private const long Messages = 150_000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Changed_messages_are_accepted_or_refused_as_declared_and_take_no_more_memory_than_their_size_warrants(int seed)
    {
        var fuzzer = new WireFuzzer(seed);

        // A message that hangs would end the wait and not the thread, which is in the background.
        await Task.Factory.StartNew(() => fuzzer.Run(() => fuzzer.Count < Messages), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal(Messages, fuzzer.Outcomes.Values.Sum());
        Assert.All(fuzzer.Outcomes, outcome => Assert.True(outcome.Value > 0, $"'{outcome.Key}' never came, so nothing is known of it"));

        // A byte of a header of 64 KiB becomes six of JSON at most (a control character in text, or false in an array), in buffers that double from
        // one to the next, which makes four times the text in all, and then text of two bytes a character. The rest is for what is made beside that.
        const long LargestJson = 64 * 1024 * 6, LargestAllocation = LargestJson * (4 + 2) + 64 * 1024;
        Assert.InRange(fuzzer.LargestAllocationBytes, 1, LargestAllocation);
    }

    [Fact]
    public void The_same_seed_makes_the_same_messages()
    {
        MessageMutator one = new(3, FuzzSeeds.All), two = new(3, FuzzSeeds.All);
        for (int i = 0; i < 1000; i++)
        {
            one.Next();
            two.Next();
            Assert.Equal(one.Message.ToString(), two.Message.ToString());
        }
    }
}
