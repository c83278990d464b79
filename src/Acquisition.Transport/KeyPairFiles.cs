using Acquisition.Core;
using Acquisition.Transport.Sockets;
using NetMQ;

namespace Acquisition.Transport;

/// <summary>A new pair of keys in two files: NAME.secret, for this account alone, and NAME.public.</summary>
public sealed record KeyPairFiles
{
    private KeyPairFiles() { }

    /// <summary>Absolute path of the secret key, which only this account may read (Windows: whom its folder allows).</summary>
    public required string SecretFile { get; init; }

    /// <summary>Absolute path of the public key, a line as lists of allowed keys have them.</summary>
    public required string PublicFile { get; init; }

    /// <summary>40 characters of Z85.</summary>
    public required string PublicKey { get; init; }

    /// <param name="name">Path of both files without their ends; its last part names the key.</param>
    /// <exception cref="TransportException">A file of that name is there already, nothing can be written, or keys cannot be made here.</exception>
    public static KeyPairFiles Create(string name)
    {
        if (string.IsNullOrWhiteSpace(Path.GetFileName(name))) throw new TransportException($"'{name}' is no name of files with keys; expected one like keys/camera.");
        string path = Path.GetFullPath(name);
        var files = new KeyPairFiles { SecretFile = path + ".secret", PublicFile = path + ".public", PublicKey = "" };
        if (!Directory.Exists(Path.GetDirectoryName(path))) throw new TransportException($"No keys were written: there is no folder '{Path.GetDirectoryName(path)}'; make it first.");
        if (ClientAdmission.WhyNotEncrypted() is { } missing) throw new TransportException($"No keys can be made: {missing}.");
        var pair = new NetMQCertificate();
        try
        {
            Write(files.PublicFile, $"{pair.PublicKeyZ85} {Path.GetFileName(path)}", isSecret: false);
            try
            {
                Write(files.SecretFile, pair.SecretKeyZ85!, isSecret: true);
            }
            catch
            {
                File.Delete(files.PublicFile);
                throw;
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new TransportException($"No keys were written: {fault.Message} Keys are never replaced; choose another name, or move the old ones away.", fault);
        }

        return files with { PublicKey = pair.PublicKeyZ85 };
    }

    private static void Write(string path, string line, bool isSecret)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (isSecret && !OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(path, options);
        writer.WriteLine(line);
    }
}
