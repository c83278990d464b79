using NetMQ.Native;

namespace NetMQ;

/// <summary>A key pair of CURVE, or a public key alone. Keys have 32 bytes, or 40 characters of Z85 (ZeroMQ RFC 32).</summary>
public class NetMQCertificate
{
    private const int KeyBytes = 32;
    private const int TextBytes = 40;

    /// <summary>Makes a new pair.</summary>
    /// <exception cref="NetMQException">The library was built without CURVE.</exception>
    public unsafe NetMQCertificate()
    {
        byte* publicText = stackalloc byte[TextBytes + 1], secretText = stackalloc byte[TextBytes + 1];
        if (LibZmq.zmq_curve_keypair(publicText, secretText) != 0) throw ZmqError.Last("make a key pair");
        (SecretKey, PublicKey) = (Decode(secretText), Decode(publicText));
    }

    private NetMQCertificate(byte[]? secretKey, byte[] publicKey) => (SecretKey, PublicKey) = (secretKey, publicKey);

    /// <summary><see langword="null"/> where only the public key is known.</summary>
    public byte[]? SecretKey { get; }

    public string? SecretKeyZ85 => SecretKey is null ? null : Encode(SecretKey);

    public bool HasSecretKey => SecretKey is not null;

    public byte[] PublicKey { get; }

    public string PublicKeyZ85 => Encode(PublicKey);

    /// <summary>The pair of a secret key, from which the public one follows.</summary>
    /// <exception cref="ArgumentException">It has not 40 characters.</exception>
    /// <exception cref="NetMQException">It is no Z85, or the library was built without CURVE.</exception>
    public static unsafe NetMQCertificate CreateFromSecretKey(string secretKey)
    {
        byte* secretText = stackalloc byte[TextBytes + 1], publicText = stackalloc byte[TextBytes + 1];
        Write(secretKey, secretText);
        byte[] secret = Decode(secretText);
        if (LibZmq.zmq_curve_public(publicText, secretText) != 0) throw ZmqError.Last("find the public key of a secret one");
        return new NetMQCertificate(secret, Decode(publicText));
    }

    /// <exception cref="ArgumentException">It has not 40 characters.</exception>
    /// <exception cref="NetMQException">It is no Z85.</exception>
    public static unsafe NetMQCertificate FromPublicKey(string publicKey)
    {
        byte* text = stackalloc byte[TextBytes + 1];
        Write(publicKey, text);
        return new NetMQCertificate(null, Decode(text));
    }

    /// <exception cref="ArgumentException">It has not 32 bytes.</exception>
    public static NetMQCertificate FromPublicKey(byte[] publicKey) =>
        publicKey.Length == KeyBytes ? new NetMQCertificate(null, publicKey) : throw new ArgumentException("key must be 32 bytes length", nameof(publicKey));

    private static unsafe void Write(string key, byte* text)
    {
        if (key.Length != TextBytes) throw new ArgumentException("A key has 40 characters.", nameof(key));
        for (int i = 0; i < TextBytes; i++) text[i] = char.IsAscii(key[i]) ? (byte)key[i] : (byte)' '; // a blank is no Z85
        text[TextBytes] = 0;
    }

    private static unsafe byte[] Decode(byte* text)
    {
        byte[] key = new byte[KeyBytes];
        fixed (byte* first = key)
        {
            if (LibZmq.zmq_z85_decode(first, text) == null) throw ZmqError.Last("read a key");
        }

        return key;
    }

    private static unsafe string Encode(byte[] key)
    {
        byte* text = stackalloc byte[TextBytes + 1];
        fixed (byte* first = key) LibZmq.zmq_z85_encode(text, first, KeyBytes);
        return System.Text.Encoding.ASCII.GetString(text, TextBytes);
    }
}
