using Acquisition.Transport;
using Acquisition.Transport.Sockets;
using Xunit;

namespace Acquisition.Tests.Support;

/// <summary>Keys for one test, in a folder that is deleted afterwards.</summary>
internal sealed class KeyFolder : IDisposable
{
    private readonly AppTempFolder _folder = new();

    /// <summary>Path of a file in the folder.</summary>
    public string this[string name] => _folder[name];

    /// <summary>Skips a test, and says why, where clients cannot be told apart.</summary>
    public static void SkipWithoutCurve() => Assert.SkipWhen(ClientAdmission.WhyUnavailable() is not null, ClientAdmission.WhyUnavailable() ?? "");

    /// <summary>A new pair.</summary>
    public KeyPairFiles Make(string name) => KeyPairFiles.Create(_folder[name]);

    /// <summary>For the side that binds: lets in whom the list "allowed" names, which is written here.</summary>
    public SocketSecurity Server(KeyPairFiles own, params KeyPairFiles[] allowed)
    {
        Allow(allowed);
        return new SocketSecurity { SecretKeyFile = own.SecretFile, AllowedKeysFile = this["allowed"] };
    }

    /// <summary>For the side that connects.</summary>
    public static SocketSecurity Client(KeyPairFiles own, KeyPairFiles server) => new() { SecretKeyFile = own.SecretFile, ServerKeyFile = server.PublicFile };

    public void Allow(params KeyPairFiles[] allowed) => File.WriteAllLines(this["allowed"], ["# who gets in", "", .. allowed.Select(pair => $"{pair.PublicKey} somebody")]);

    public static string SecretOf(KeyPairFiles pair) => File.ReadAllText(pair.SecretFile).Trim();

    public void Dispose() => _folder.Dispose();
}
