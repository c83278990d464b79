namespace Acquisition.Transport.Wire;

/// <summary>Kinds of messages; on the wire each is called by its name in lower case.</summary>
internal enum MessageKind
{
    Start,
    Frame,
    End,
    Volume,
    Status,
}
