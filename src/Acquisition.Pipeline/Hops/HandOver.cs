using Acquisition.Core;

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
        source.WorkInOrder(hop, threads: 1, static _ => { }, retain, release, yields);
}
