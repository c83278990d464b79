using NetMQ;

namespace Acquisition.Transport.Sockets;

/// <summary>The package encrypts, and lets every key in: it has no ZAP. So a side that binds cannot have keys.</summary>
internal sealed class ClientAdmission : IDisposable
{
    /// <exception cref="NotSupportedException">Always.</exception>
    public ClientAdmission(NetMQSocket socket, string allowedKeysFile) =>
        throw new NotSupportedException($"{WhyUnavailable()}: {socket.GetType().Name}, {allowedKeysFile}.");

    public long Refused => 0;

    public static string? WhyNotEncrypted() => null;

    public static string? WhyUnavailable() =>
        "the package NetMQ cannot tell the keys of clients apart (it has no ZAP) and would let every one in; let this side connect instead of bind, "
        + "or build with Bindings=system, which takes libzmq";

    public void Dispose() { }
}
