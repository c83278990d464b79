using Acquisition.Restoration.Threading;
using Xunit;

namespace Acquisition.Tests.Restoration.Threading;

public sealed class WorkTeamTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 1)]
    [InlineData(3, 100)]
    [InlineData(4, 2)]
    [InlineData(2, 0)]
    public void Every_piece_runs_once_on_a_thread_of_the_team(int threads, int pieces)
    {
        using var team = new WorkTeam(threads);
        for (int run = 0; run < 3; run++)
        {
            var counts = new int[pieces];
            int outside = 0;
            team.Run(pieces, (piece, thread) =>
            {
                Interlocked.Increment(ref counts[piece]);
                if ((uint)thread >= (uint)threads) Interlocked.Increment(ref outside);
            }, Cancel);

            Assert.All(counts, count => Assert.Equal(1, count));
            Assert.Equal(0, outside);
        }
    }

    [Fact]
    public void Pieces_that_need_each_other_run_side_by_side()
    {
        using var team = new WorkTeam(2);
        using var barrier = new Barrier(2);

        team.Run(2, (_, _) => barrier.SignalAndWait(Cancel), Cancel);

        Assert.Equal(1, barrier.CurrentPhaseNumber);
    }

    [Fact]
    public void A_failure_reaches_the_caller_and_the_team_stays_usable()
    {
        using var team = new WorkTeam(2);

        var failure = Assert.Throws<InvalidDataException>(
            () => team.Run(10, (piece, _) => { if (piece == 3) throw new InvalidDataException("piece 3"); }, Cancel));

        Assert.Equal("piece 3", failure.Message);
        int ran = 0;
        team.Run(10, (_, _) => Interlocked.Increment(ref ran), Cancel);
        Assert.Equal(10, ran);
    }

    [Fact]
    public void A_cancelled_run_says_so()
    {
        using var team = new WorkTeam(2);
        using var cancelled = new CancellationTokenSource();
        int ran = 0;

        Assert.Throws<OperationCanceledException>(() => team.Run(1000, (piece, _) =>
        {
            Interlocked.Increment(ref ran);
            cancelled.Cancel();
        }, cancelled.Token));

        Assert.InRange(ran, 1, 2);
    }

    [Fact]
    public void Runs_allocate_nothing()
    {
        using var team = new WorkTeam(2);
        Action<int, int> work = (_, _) => { };
        team.Run(10, work, Cancel);
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int run = 0; run < 100; run++) team.Run(10, work, Cancel);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
