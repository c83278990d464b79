using System.Buffers;
using System.Collections.Frozen;
using NetMQ;

namespace Acquisition.Transport.Sockets;

/// <summary>Reads files of keys: one a line, 40 characters of Z85 (ZeroMQ RFC 32), after a blank whose it is. Lines that are empty
/// or begin with # and a blank say nothing. Messages never hold a key.</summary>
internal static class KeyFile
{
    private const int KeyLength = 40;
    private const long LargestBytes = 1 << 20;
    private const UnixFileMode OfOthers = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private static readonly SearchValues<char> Z85 =
        SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#");

    /// <exception cref="KeyException">The file is not what it should be.</exception>
    public static string ReadSecret(string path)
    {
        string key = ReadOne(path, "a secret key");
        if (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & OfOthers) == 0) return key;
        string mode = Convert.ToString((int)File.GetUnixFileMode(path), 8).PadLeft(4, '0');
        throw new KeyException($"is '{path}', which other accounts may use (mode {mode}); run: chmod 600 '{path}'");
    }

    /// <exception cref="KeyException">The file is not what it should be.</exception>
    public static string ReadPublic(string path) => ReadOne(path, "a public key");

    /// <summary>The keys of a list that may change at any time. A line that is no key lets nobody in.</summary>
    /// <returns><see langword="null"/> where the file cannot be read now.</returns>
    public static FrozenSet<string>? TryReadList(string path)
    {
        try
        {
            return Lines(path).Where(line => line.Key is not null).Select(line => line.Key!).ToFrozenSet();
        }
        catch (KeyException)
        {
            return null;
        }
    }

    public static string? WhyNoSecret(string path) => Why(() => ReadSecret(path));

    public static string? WhyNoPublic(string path) => Why(() => ReadPublic(path));

    public static string? WhyNoList(string path) => Why(() =>
    {
        foreach (var (number, key) in Lines(path))
            if (key is null) throw new KeyException($"is '{path}', whose line {number} is no key; expected {KeyLength} characters of Z85, and after a blank whose it is");
    });

    private static string? Why(Action read)
    {
        try
        {
            read();
            return null;
        }
        catch (KeyException fault)
        {
            return fault.Message;
        }
    }

    private static string ReadOne(string path, string what)
    {
        (int _, string? key)[] lines = [.. Lines(path)];
        return lines is [(_, { } only)]
            ? only
            : throw new KeyException($"is '{path}', which does not hold {what}; expected one line of {KeyLength} characters, as 'acquisition keygen' writes them");
    }

    /// <returns>Number of each line that says something, and its key; <see langword="null"/> where it is none.</returns>
    private static List<(int Number, string? Key)> Lines(string path)
    {
        try
        {
            // A folder of processes or a device would never end.
            if (new FileInfo(path) is { Exists: true, Length: > LargestBytes } large)
                throw new KeyException($"is '{path}', which has {large.Length} bytes; expected at most {LargestBytes}");
            List<(int, string?)> lines = [];
            int number = 0;
            foreach (string line in File.ReadLines(path))
            {
                number++;
                string text = line.Trim();
                if (text.Length == 0 || text == "#" || text.StartsWith("# ", StringComparison.Ordinal)) continue;
                string key = text.Split((char[]?)null, 2)[0];
                lines.Add((number, IsKey(key) ? key : null));
            }

            return lines;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new KeyException($"is '{path}', which cannot be read: {fault.Message.TrimEnd('.')}");
        }
    }

    /// <summary>Whether text is the one form in which a key is written.</summary>
    private static bool IsKey(string text)
    {
        if (text.Length != KeyLength || text.AsSpan().ContainsAnyExcept(Z85)) return false;
        try
        {
            return NetMQCertificate.FromPublicKey(text).PublicKeyZ85 == text;
        }
        catch (NetMQException)
        {
            return false;
        }
    }
}
