using System.Runtime.InteropServices;

namespace NetMQ.Native;

/// <summary>The C interface of libzmq 4.x, as far as it is used. See zmq.h and its manual pages.</summary>
internal static unsafe partial class LibZmq
{
    public const int Pub = 1;
    public const int Sub = 2;
    public const int Reply = 4;
    public const int Pull = 7;
    public const int Push = 8;

    public const int Subscribe = 6;
    public const int Linger = 17;
    public const int MaxMsgSize = 22;
    public const int SendHighWatermark = 23;
    public const int ReceiveHighWatermark = 24;
    public const int ReceiveTimeout = 27;
    public const int SendTimeout = 28;
    public const int LastEndpoint = 32;
    public const int CurveServer = 47;
    public const int CurvePublicKey = 48;
    public const int CurveSecretKey = 49;
    public const int CurveServerKey = 50;
    public const int ZapDomain = 55;
    public const int ZapEnforceDomain = 93;

    public const int DontWait = 1;
    public const int SendMore = 2;

    /// <summary>Bytes of a zmq_msg_t, which also asks for the alignment of a pointer.</summary>
    public const int MessageBytes = 64;

    private const string Name = ZmqLibrary.ImportName;

    static LibZmq() => ZmqLibrary.Register();

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint zmq_ctx_new();

    [LibraryImport(Name, SetLastError = true)]
    public static partial int zmq_ctx_shutdown(ContextHandle context);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int zmq_ctx_term(nint context);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint zmq_socket(ContextHandle context, int type);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int zmq_close(nint socket);

    [LibraryImport(Name, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int zmq_bind(SocketHandle socket, string endpoint);

    [LibraryImport(Name, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int zmq_connect(SocketHandle socket, string endpoint);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int zmq_setsockopt(SocketHandle socket, int option, void* value, nuint bytes);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int zmq_getsockopt(SocketHandle socket, int option, void* value, nuint* bytes);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int zmq_msg_init(void* message);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int zmq_msg_init_size(void* message, nuint bytes);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int zmq_msg_send(void* message, SocketHandle socket, int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int zmq_msg_recv(void* message, SocketHandle socket, int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int zmq_msg_close(void* message);

    [LibraryImport(Name)]
    public static partial void* zmq_msg_data(void* message);

    [LibraryImport(Name)]
    public static partial nuint zmq_msg_size(void* message);

    [LibraryImport(Name)]
    public static partial int zmq_msg_more(void* message);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int zmq_has(string capability);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int zmq_curve_keypair(byte* publicKey, byte* secretKey);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int zmq_curve_public(byte* publicKey, byte* secretKey);

    [LibraryImport(Name)]
    public static partial byte* zmq_z85_encode(byte* text, byte* data, nuint bytes);

    [LibraryImport(Name, SetLastError = true)]
    public static partial byte* zmq_z85_decode(byte* data, byte* text);

    [LibraryImport(Name)]
    private static partial byte* zmq_strerror(int error);

    /// <summary>libzmq's own words for an error number.</summary>
    public static string Describe(int error) => Marshal.PtrToStringUTF8((nint)zmq_strerror(error)) ?? "unknown error";
}
