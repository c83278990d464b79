namespace NetMQ;

/// <summary>A socket refused. The subclasses name the refusals that a program may want to tell apart.</summary>
public class NetMQException : Exception
{
    public NetMQException() { }

    public NetMQException(string message) : base(message) { }

    public NetMQException(string message, Exception innerException) : base(message, innerException) { }

    protected NetMQException(Exception? innerException, string? message, ErrorCode errorCode) : base(message, innerException) =>
        ErrorCode = errorCode;

    public ErrorCode ErrorCode { get; }

    public static NetMQException Create(string? message, ErrorCode errorCode) => errorCode switch
    {
        ErrorCode.AddressAlreadyInUse => new AddressAlreadyInUseException(message),
        ErrorCode.ContextTerminated => new TerminatingException(message),
        ErrorCode.EndpointNotFound => new EndpointNotFoundException(message),
        ErrorCode.Fault => new FaultException(message),
        ErrorCode.Invalid => new InvalidException(message),
        ErrorCode.ProtocolNotSupported => new ProtocolNotSupportedException(message),
        _ => new NetMQException(null, message, errorCode),
    };
}
