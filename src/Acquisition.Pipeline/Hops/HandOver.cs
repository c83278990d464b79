using System.Reactive.Linq;

namespace Acquisition.Pipeline.Hops;

internal static class HandOverOperator
{
    /// <summary>Hands items to a thread of their own through a queue bounded in bytes. A full queue makes the producer wait.</summary>
    /// <remarks>One item always fits, however large. Whatever is queued is delivered before termination. An exception thrown by
    /// the observer, or an early unsubscribe, releases what is queued, un-blocks the producer and drops what it still sends.
    /// One subscriber.</remarks>
    /// <param name="hop">The queue, which also tells its depth.</param>
    /// <param name="retain">Keeps an item beyond the producer's <c>OnNext</c>.</param>
    /// <param name="release">Gives an item back after the observer's <c>OnNext</c>.</param>
    /// <param name="yields">Whether everything else goes first; see <see cref="LowPriority"/>.</param>
    public static IObservable<T> HandOver<T>(
        this IObservable<T> source, ByteBoundedQueue<T> hop, Action<T> retain, Action<T> release, bool yields = false) =>
        Observable.Create<T>(observer =>
        {
            var thread = new Thread(Deliver) { IsBackground = true, Name = $"acquisition {hop.Name}" };
            IDisposable upstream = source.Subscribe(
                item =>
                {
                    retain(item);
                    if (!hop.TryEnqueue(item)) release(item);
                },
                hop.Complete,
                () => hop.Complete(null));
            thread.Start();
            return () =>
            {
                upstream.Dispose();
                hop.Abandon(release);
            };

            void Deliver()
            {
                try
                {
                    if (yields) LowPriority.Enter();
                    while (hop.TryDequeue(out T? item))
                    {
                        try { observer.OnNext(item); }
                        finally { release(item); }
                    }

                    if (hop.Error is { } error) observer.OnError(error);
                    else observer.OnCompleted();
                }
                catch (Exception fault) when (fault is not OutOfMemoryException)
                {
                    // An observer that throws breaks Rx's contract; the run still must hear of it and no lease may be lost.
                    hop.Abandon(release);
                    observer.OnError(fault);
                }
            }
        });
}
