using Acquisition.Core;

namespace Acquisition.Transport;

/// <summary>The microscope's side of the wire.</summary>
public sealed class FrameSender(SenderOptions options) : IDisposable
{
    /// <summary>The address receivers connect to, with the port that was picked.</summary>
    public string BoundAddress => options.Address;

    public bool TrySendStart(ScanPlan plan, ulong sequence, bool repeat, TimeSpan timeout) => throw new NotSupportedException();

    public bool TrySendFrame(string stream, in FrameHeader header, ReadOnlySpan<byte> pixels, TimeSpan timeout) =>
        throw new NotSupportedException();

    public bool TrySendEnd(string stream, ScanEnd end, TimeSpan timeout) => throw new NotSupportedException();

    public bool TrySendRaw(
        ReadOnlySpan<byte> topic, ReadOnlySpan<byte> header, ReadOnlySpan<byte> pixels, TimeSpan timeout) =>
        throw new NotSupportedException();

    public void Dispose() { }
}
