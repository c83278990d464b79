namespace NetMQ;

/// <summary>A message or a socket was used out of turn.</summary>
public class FaultException : NetMQException
{
    internal FaultException(string? message) : base(null, message, ErrorCode.Fault) { }
}
