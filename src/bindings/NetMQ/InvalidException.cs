namespace NetMQ;

/// <summary>The address or the option is not well formed.</summary>
public class InvalidException : NetMQException
{
    public InvalidException(string? message) : base(null, message, ErrorCode.Invalid) { }
}
