using Acquisition.Core;

namespace Acquisition.Transport;

/// <summary>Receives frames over ZeroMQ.</summary>
public sealed class ZmqFrameSource(SourceOptions options) : IFrameSource
{
    public string Description => $"{options.Pattern} {options.Address}";

    public void Receive(IFrameObserver observer, CancellationToken cancellation) => throw new NotSupportedException();
}
