namespace NetMQ;

/// <summary>The context was ended while the socket was open.</summary>
public class TerminatingException : NetMQException
{
    public TerminatingException(string? message) : base(null, message, ErrorCode.ContextTerminated) { }
}
