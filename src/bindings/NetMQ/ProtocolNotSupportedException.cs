namespace NetMQ;

/// <summary>The address asks for a transport that the library does not have.</summary>
public class ProtocolNotSupportedException : NetMQException
{
    internal ProtocolNotSupportedException(string? message) : base(null, message, ErrorCode.ProtocolNotSupported) { }
}
