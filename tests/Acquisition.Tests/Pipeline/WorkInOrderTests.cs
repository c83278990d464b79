using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Reactive.Threading.Tasks;
using Acquisition.Pipeline.Hops;
using Xunit;

namespace Acquisition.Tests.Pipeline;

public sealed class WorkInOrderTests
{
    private int _outstanding;

    private IObservable<int> InOrder(IObservable<int> source, Action<int> work, int threads = 2) => source.WorkInOrder(
        new ByteBoundedQueue<int>("test", 1000, _ => 10, TimeProvider.System), threads, work,
        _ => Interlocked.Increment(ref _outstanding), _ => Interlocked.Decrement(ref _outstanding));

    private void AllLeasesComeBack()
    {
        SpinWait.SpinUntil(() => Volatile.Read(ref _outstanding) == 0, TimeSpan.FromSeconds(10));
        Assert.Equal(0, _outstanding);
    }

    [Fact]
    public async Task An_item_whose_work_is_done_first_waits_for_the_one_before_it()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var source = new Subject<int>();
        using var secondDone = new SemaphoreSlim(0);
        Task<IList<int>> received = InOrder(source, item =>
        {
            if (item == 0) secondDone.Wait(cancel);
            if (item == 1) secondDone.Release();
        }).ToList().ToTask(cancel);
        source.OnNext(0);
        source.OnNext(1);
        source.OnNext(2);
        source.OnCompleted();
        Assert.Equal([0, 1, 2], await received);
        AllLeasesComeBack();
    }

    [Theory, InlineData(1), InlineData(2), InlineData(5)]
    public async Task Every_item_is_worked_on_once_and_arrives_in_order(int threads)
    {
        using var source = new Subject<int>();
        int[] worked = new int[1000];
        Task<IList<int>> received = InOrder(source, item => Interlocked.Increment(ref worked[item]), threads).ToList().ToTask(TestContext.Current.CancellationToken);
        for (int i = 0; i < worked.Length; i++) source.OnNext(i);
        source.OnCompleted();
        Assert.Equal(Enumerable.Range(0, worked.Length), await received);
        Assert.All(worked, times => Assert.Equal(1, times));
        AllLeasesComeBack();
    }

    [Fact]
    public async Task Work_that_throws_ends_the_sequence_behind_the_items_before_it()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var source = new Subject<int>();
        using var thrown = new SemaphoreSlim(0);
        var received = new List<int>();
        var ended = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        using IDisposable subscription = InOrder(source, item =>
        {
            if (item == 0) thrown.Wait(cancel);
            if (item != 1) return;
            thrown.Release();
            throw new IOException("disk full");
        }).Subscribe(received.Add, ended.SetResult);
        for (int i = 0; i < 20; i++) source.OnNext(i);
        Assert.Equal("disk full", (await ended.Task).Message);
        Assert.Equal([0], received);
        source.OnNext(20);
        AllLeasesComeBack();
    }

    [Fact]
    public async Task An_observer_that_throws_ends_in_an_error_and_gets_nothing_more()
    {
        using var source = new Subject<int>();
        var received = new List<int>();
        var ended = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        using IDisposable subscription = InOrder(source, _ => { })
            .Do(item =>
            {
                received.Add(item);
                if (item == 2) throw new IOException("ledger full");
            })
            .Subscribe(_ => { }, ended.SetResult);
        for (int i = 0; i < 20; i++) source.OnNext(i);
        Assert.Equal("ledger full", (await ended.Task).Message);
        AllLeasesComeBack();
        Assert.Equal([0, 1, 2], received);
    }

    [Fact]
    public async Task Items_queued_before_an_error_are_delivered_before_it()
    {
        using var source = new Subject<int>();
        var received = new List<int>();
        var ended = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        using IDisposable subscription = InOrder(source, _ => { }).Subscribe(received.Add, ended.SetResult);
        for (int i = 0; i < 50; i++) source.OnNext(i);
        source.OnError(new InvalidOperationException("unplugged"));
        Assert.Equal("unplugged", (await ended.Task).Message);
        Assert.Equal(Enumerable.Range(0, 50), received);
        AllLeasesComeBack();
    }
}
