using Xunit;

namespace Acquisition.Tests.Support;

/// <summary>Holds up the restoration at its first volume.</summary>
internal sealed class RestorationGate : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ManualResetEventSlim _begun = new(), _open = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The restoration waits here.</summary>
    public void Pass()
    {
        _begun.Set();
        _open.Wait(Cancel);
    }

    public void AwaitBegun() => Assert.True(_begun.Wait(Patience, Cancel));

    public void Open() => _open.Set();

    public void Dispose()
    {
        _begun.Dispose();
        _open.Dispose();
    }
}
