using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Reactive.Threading.Tasks;
using Acquisition.Pipeline.Hops;
using Xunit;

namespace Acquisition.Tests.Pipeline;

public sealed class HandOverTests
{
    private int _outstanding;

    private static ByteBoundedQueue<int> Queue(long budget) => new("test", budget, _ => 10, TimeProvider.System);

    private IObservable<int> HandOver(IObservable<int> source, ByteBoundedQueue<int> hop) =>
        source.HandOver(hop, _ => Interlocked.Increment(ref _outstanding), _ => Interlocked.Decrement(ref _outstanding));

    [Fact]
    public async Task Every_item_arrives_in_order_and_every_lease_comes_back()
    {
        using var source = new Subject<int>();
        Task<IList<int>> received = HandOver(source, Queue(25)).ToList().ToTask(TestContext.Current.CancellationToken);
        for (int i = 0; i < 1000; i++) source.OnNext(i);
        source.OnCompleted();
        Assert.Equal(Enumerable.Range(0, 1000), await received);
        Assert.Equal(0, _outstanding);
    }

    [Fact]
    public async Task A_full_queue_makes_the_producer_wait_and_stays_within_its_bytes()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var source = new Subject<int>();
        using var mayContinue = new SemaphoreSlim(0);
        using var taken = new SemaphoreSlim(0);
        ByteBoundedQueue<int> hop = Queue(20);
        Task<int> count = HandOver(source, hop).Do(_ => { taken.Release(); mayContinue.Wait(cancel); }).Count().ToTask(cancel);

        source.OnNext(0);
        await taken.WaitAsync(cancel);
        source.OnNext(1);
        source.OnNext(2);
        Task blocked = Task.Run(() => source.OnNext(3), cancel);
        Assert.False(blocked.IsCompleted);
        Assert.Equal(2, hop.Status.Depth);

        mayContinue.Release(4);
        await blocked;
        source.OnCompleted();
        Assert.Equal(4, await count);
        Assert.Equal(20, hop.Status.HighWaterBytes);
    }

    [Fact]
    public async Task Items_queued_before_an_error_are_delivered_before_it()
    {
        using var source = new Subject<int>();
        var received = new List<int>();
        var ended = new TaskCompletionSource<Exception>();
        using IDisposable subscription = HandOver(source, Queue(1000)).Subscribe(received.Add, ended.SetResult);
        for (int i = 0; i < 50; i++) source.OnNext(i);
        source.OnError(new InvalidOperationException("unplugged"));
        Assert.Equal("unplugged", (await ended.Task).Message);
        Assert.Equal(50, received.Count);
        Assert.Equal(0, _outstanding);
    }

    [Fact]
    public async Task A_step_that_throws_ends_in_an_error_and_frees_a_waiting_producer()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var source = new Subject<int>();
        var ended = new TaskCompletionSource<Exception>();
        using var entered = new SemaphoreSlim(0);
        using var mayThrow = new SemaphoreSlim(0);
        using IDisposable subscription = HandOver(source, Queue(10))
            .Do(_ =>
            {
                entered.Release();
                mayThrow.Wait(cancel);
                throw new IOException("disk full");
            })
            .Subscribe(_ => { }, ended.SetResult);

        source.OnNext(0);
        await entered.WaitAsync(cancel);
        source.OnNext(1);
        Task waiting = Task.Run(() => source.OnNext(2), cancel);
        mayThrow.Release();
        Assert.Equal("disk full", (await ended.Task).Message);
        await waiting;
        source.OnNext(3);
        SpinWait.SpinUntil(() => Volatile.Read(ref _outstanding) == 0, TimeSpan.FromSeconds(10));
        Assert.Equal(0, _outstanding);
    }

    [Fact]
    public void An_item_larger_than_the_budget_passes_alone()
    {
        var hop = new ByteBoundedQueue<int>("test", 5, size => size, TimeProvider.System);
        Assert.True(hop.TryEnqueue(500));
        Assert.True(hop.TryDequeue(out int item));
        Assert.Equal(500, item);
        hop.Complete(null);
        Assert.False(hop.TryDequeue(out _));
        Assert.False(hop.TryEnqueue(1));
    }
}
