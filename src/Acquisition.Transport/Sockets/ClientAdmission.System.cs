using NetMQ;
using NetMQ.Extras;

namespace Acquisition.Transport.Sockets;

/// <summary>Lets in the clients whose keys are on a list, which is read anew for each of them. Those that are in stay in.</summary>
internal sealed class ClientAdmission : IDisposable
{
    private readonly string _allowedKeysFile;
    private readonly ClientGate _gate;
    private long _refused;

    /// <exception cref="NetMQException">The library refused.</exception>
    public ClientAdmission(NetMQSocket socket, string allowedKeysFile)
    {
        _allowedKeysFile = allowedKeysFile;
        _gate = new ClientGate(socket, Judge);
    }

    /// <summary>Clients that were turned away, each try counted.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Why nothing can be encrypted here; <see langword="null"/> when it can.</summary>
    public static string? WhyNotEncrypted()
    {
        try
        {
            return Curve.IsAvailable ? null : "this machine's libzmq was built without CURVE; Debian's libzmq5 has it";
        }
        catch (DllNotFoundException missing)
        {
            return missing.Message.TrimEnd('.');
        }
    }

    /// <summary>Why clients cannot be told apart here; <see langword="null"/> when they can.</summary>
    public static string? WhyUnavailable() => WhyNotEncrypted();

    public void Dispose() => _gate.Dispose();

    private GateAnswer Judge(byte[] key)
    {
        GateAnswer answer = KeyFile.TryReadList(_allowedKeysFile) is not { } allowed ? GateAnswer.Later
            : allowed.Contains(NetMQCertificate.FromPublicKey(key).PublicKeyZ85) ? GateAnswer.Admit
            : GateAnswer.Refuse;
        if (answer != GateAnswer.Admit) Interlocked.Increment(ref _refused);
        return answer;
    }
}
