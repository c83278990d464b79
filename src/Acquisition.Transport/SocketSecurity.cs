using System.Net;
using Acquisition.Transport.Sockets;

namespace Acquisition.Transport;

/// <summary>Who may be at the other end of a socket: names of the files with keys, or the wish to do without.</summary>
/// <remarks>With keys, connections are encrypted and both sides prove who they are (CURVE). The side that binds knows the public
/// keys of those who may connect; the side that connects knows that of the one that binds. Holds no key itself.</remarks>
public sealed record SocketSecurity
{
    /// <summary>This side's secret key, 40 characters of Z85; <see langword="null"/> for no keys.</summary>
    public string? SecretKeyFile { get; init; }

    /// <summary>The public key that the other side must have; for the side that connects.</summary>
    public string? ServerKeyFile { get; init; }

    /// <summary>The public keys that get in, one a line; for the side that binds. Read anew for every client that connects.</summary>
    public string? AllowedKeysFile { get; init; }

    /// <summary>Whether an address that the network reaches may be bound without keys.</summary>
    public bool Insecure { get; init; }

    /// <summary>Whether the network reaches an address that is bound.</summary>
    public static bool IsOpen(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        const string Scheme = "tcp://";
        if (!address.StartsWith(Scheme, StringComparison.Ordinal)) return false;
        string host = address[Scheme.Length..Math.Max(Scheme.Length, address.LastIndexOf(':'))];
        return host != "localhost" && !(IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? number) && IPAddress.IsLoopback(number));
    }

    /// <summary>Everything that keeps a socket with this address from being opened, the contents of the files included.</summary>
    /// <param name="name">Name for people of address, secret_key_file, server_key_file, allowed_keys_file or insecure.</param>
    /// <returns>Which of the five to blame, and the fault without its name.</returns>
    public IEnumerable<(string Key, string Message)> Faults(string address, bool bind, Func<string, string> name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string secret = name("secret_key_file"), server = name("server_key_file"), allowed = name("allowed_keys_file");
        if (SecretKeyFile is null)
        {
            if (bind && !Insecure && IsOpen(address))
            {
                yield return ("address", $"is '{address}', which the network reaches, and anybody could connect; give {secret} and {allowed} ('acquisition keygen' "
                    + $"makes keys), or an address on 127.0.0.1, or set {name("insecure")} to true where everybody on the network is trusted");
            }

            if (ServerKeyFile is not null) yield return ("server_key_file", $"is given without {secret}; give this side's secret key too");
            if (AllowedKeysFile is not null) yield return ("allowed_keys_file", $"is given without {secret}; give this side's secret key too");
            yield break;
        }

        if (Insecure) yield return ("insecure", $"is true beside {secret}; keep one of the two");
        if (bind && ServerKeyFile is not null) yield return ("server_key_file", $"is for the side that connects, and this side binds; list who may connect in {allowed}");
        if (!bind && AllowedKeysFile is not null) yield return ("allowed_keys_file", $"is for the side that binds, and this side connects; give the other side's public key in {server}");
        if (bind && AllowedKeysFile is null) yield return ("secret_key_file", $"is given without {allowed}; list there the public keys that may connect");
        if (!bind && ServerKeyFile is null) yield return ("secret_key_file", $"is given without {server}; give there the public key of the side that binds");
        if ((bind ? ClientAdmission.WhyUnavailable() : ClientAdmission.WhyNotEncrypted()) is { } missing) yield return ("secret_key_file", $"cannot be used: {missing}");
        if (KeyFile.WhyNoSecret(SecretKeyFile) is { } secretFault) yield return ("secret_key_file", secretFault);
        if (ServerKeyFile is not null && KeyFile.WhyNoPublic(ServerKeyFile) is { } serverFault) yield return ("server_key_file", serverFault);
        if (AllowedKeysFile is not null && KeyFile.WhyNoList(AllowedKeysFile) is { } listFault) yield return ("allowed_keys_file", listFault);
    }
}
