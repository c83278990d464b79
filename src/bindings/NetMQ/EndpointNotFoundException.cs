namespace NetMQ;

/// <summary>There is no such endpoint.</summary>
public class EndpointNotFoundException : NetMQException
{
    public EndpointNotFoundException(string? message) : base(null, message, ErrorCode.EndpointNotFound) { }
}
