using NetMQ;

namespace Acquisition.Transport.Sockets;

/// <summary>Gives a socket its keys before it has an address.</summary>
internal static class SocketKeys
{
    /// <returns>Who gets in, to be disposed of after the socket; <see langword="null"/> without keys and for the side that connects.</returns>
    /// <exception cref="KeyException">The keys cannot be used; the message says why.</exception>
    public static ClientAdmission? Apply(NetMQSocket socket, SocketSecurity security, string address, bool bind)
    {
        // Whether an open address may do without keys is for those to ask who know how a user says so.
        foreach (var (key, message) in (security with { Insecure = security.SecretKeyFile is null }).Faults(address, bind, name => name))
            throw new KeyException($"{key} {message}.");
        if (security.SecretKeyFile is not { } secret) return null;
        if (bind) socket.Options.CurveServer = true;
        else socket.Options.CurveServerCertificate = NetMQCertificate.FromPublicKey(KeyFile.ReadPublic(security.ServerKeyFile!));
        socket.Options.CurveCertificate = NetMQCertificate.CreateFromSecretKey(KeyFile.ReadSecret(secret));
        return bind ? new ClientAdmission(socket, security.AllowedKeysFile!) : null;
    }
}
