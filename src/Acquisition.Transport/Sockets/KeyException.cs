namespace Acquisition.Transport.Sockets;

/// <summary>Keys cannot be used as asked. Never leaves this assembly: it becomes the fault of the socket that was to be opened.</summary>
internal sealed class KeyException(string message) : Exception(message);
