namespace Acquisition.Transport.Recording;

/// <param name="ArrivedUnixNs">When it came; Unix nanoseconds, the recording machine's clock.</param>
public sealed record RecordedMessage(long ArrivedUnixNs, WireMessage Message);
