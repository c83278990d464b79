using System.Diagnostics.CodeAnalysis;
using System.Reactive.Linq;
using Acquisition.Core;

namespace Acquisition.Pipeline.Hops;

internal static class WorkInOrderOperator
{
    /// <summary>Hands items to several threads through a queue bounded in bytes. Work on them runs side by side; the observer gets each
    /// item when its work is done, one at a time and in the order in which they came. A full queue makes the producer wait.</summary>
    /// <remarks>An exception thrown by the work or the observer ends the sequence behind the items before it, and the items behind it are
    /// not delivered, though work on them may be done. Otherwise as
    /// <see cref="HandOverOperator.HandOver{T}(IObservable{T}, ByteBoundedQueue{T}, Action{T}, Action{T}, bool)"/>.</remarks>
    /// <param name="work">Runs on one of the threads.</param>
    /// <param name="yields">Whether everything else goes first; see <see cref="LowPriority"/>.</param>
    public static IObservable<T> WorkInOrder<T>(
        this IObservable<T> source, ByteBoundedQueue<T> hop, int threads, Action<T> work, Action<T> retain, Action<T> release, bool yields = false) =>
        Observable.Create<T>(observer =>
        {
            IDisposable upstream = source.Subscribe(
                item =>
                {
                    retain(item);
                    if (!hop.TryEnqueue(item)) release(item);
                },
                hop.Complete,
                () => hop.Complete(null));
            new Crew<T>(hop, work, release, observer, yields).Start(threads);
            return () =>
            {
                upstream.Dispose();
                hop.Abandon(release);
            };
        });

    private sealed class Crew<T>(ByteBoundedQueue<T> hop, Action<T> work, Action<T> release, IObserver<T> observer, bool yields)
    {
        private readonly Lock _taking = new();
        private readonly object _order = new();
        private int _running;
        private long _taken;
        private long _turn;
        private Exception? _fault;

        public void Start(int threads)
        {
            _running = threads;
            for (int i = 0; i < threads; i++) new Thread(Serve) { IsBackground = true, Name = $"acquisition {hop.Name}" }.Start();
        }

        private void Serve()
        {
            if (yields) LowPriority.Enter();
            while (TryTake(out T? item, out long number))
            {
                try { Deliver(item, number, Work(item)); }
                finally { release(item); }
            }

            if (Interlocked.Decrement(ref _running) > 0) return;
            if ((_fault ?? hop.Error) is { } error) observer.OnError(error);
            else observer.OnCompleted();
        }

        private bool TryTake([MaybeNullWhen(false)] out T item, out long number)
        {
            lock (_taking)
            {
                number = _taken;
                if (!hop.TryDequeue(out item)) return false;
                _taken++;
                return true;
            }
        }

        private Exception? Work(T item)
        {
            try
            {
                work(item);
                return null;
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                return fault;
            }
        }

        private void Deliver(T item, long number, Exception? fault)
        {
            lock (_order)
            {
                while (_turn != number) Monitor.Wait(_order);
            }

            if (_fault is null)
            {
                try
                {
                    if (fault is null) observer.OnNext(item);
                }
                catch (Exception thrown) when (thrown is not OutOfMemoryException)
                {
                    // An observer that throws breaks Rx's contract; the run still must hear of it and no lease may be lost.
                    fault = thrown;
                }

                if ((_fault = fault) is not null) hop.Abandon(release);
            }

            lock (_order)
            {
                _turn++;
                Monitor.PulseAll(_order);
            }
        }
    }
}
