namespace NetMQ;

/// <summary>Another socket has bound the address.</summary>
public class AddressAlreadyInUseException : NetMQException
{
    public AddressAlreadyInUseException(string? message) : base(null, message, ErrorCode.AddressAlreadyInUse) { }
}
