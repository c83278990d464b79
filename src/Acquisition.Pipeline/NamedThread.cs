using Acquisition.Core;

namespace Acquisition.Pipeline;

/// <summary>Work that fills a thread of its own for as long as a scan lasts, named for debuggers and profilers.</summary>
internal static class NamedThread
{
    /// <returns>Completes with the body, or fails with what it threw.</returns>
    /// <param name="yields">Whether everything else goes first; see <see cref="LowPriority"/>.</param>
    public static Task Run(string name, Action body, bool yields = false)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                if (yields) LowPriority.Enter();
                body();
                done.SetResult();
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                done.SetException(fault);
            }
        })
        { IsBackground = true, Name = $"acquisition {name}" }.Start();
        return done.Task;
    }
}
