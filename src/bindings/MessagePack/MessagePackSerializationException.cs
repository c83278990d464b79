namespace MessagePack;

/// <summary>A value is of another kind than the one that was asked for.</summary>
public class MessagePackSerializationException : Exception
{
    public MessagePackSerializationException() { }

    public MessagePackSerializationException(string? message) : base(message) { }

    public MessagePackSerializationException(string? message, Exception? inner) : base(message, inner) { }
}
