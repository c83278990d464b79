using System.Runtime.InteropServices;

namespace NetMQ.Native;

/// <summary>Error numbers of the C library and of libzmq, and what NetMQ calls them: its numbers are BSD's on every system.</summary>
internal static class ZmqError
{
    public const int Interrupted = 4;

    private const int ContextTerminated = 156_384_765; // ETERM: ZMQ_HAUSNUMERO + 53

    private static readonly bool IsBsd = OperatingSystem.IsMacOS();

    /// <summary>EAGAIN.</summary>
    public static int TryAgain { get; } = IsBsd ? 35 : 11;

    /// <summary>The exception for the error that the call just made has left behind.</summary>
    /// <param name="attempt">What was tried, as in "bind tcp://127.0.0.1:1".</param>
    public static NetMQException Last(string attempt)
    {
        int error = Marshal.GetLastPInvokeError();
        return NetMQException.Create($"{LibZmq.Describe(error)}, on trying to {attempt}.", Translate(error));
    }

    private static ErrorCode Translate(int error) => error switch
    {
        2 => ErrorCode.EndpointNotFound,
        13 => ErrorCode.AccessDenied,
        14 => ErrorCode.Fault,
        19 => ErrorCode.AddressNotAvailable, // ENODEV: no such interface, or the host's name does not resolve
        22 => ErrorCode.Invalid,
        24 => ErrorCode.TooManyOpenSockets,
        ContextTerminated => ErrorCode.ContextTerminated,
        _ when error == TryAgain => ErrorCode.TryAgain,
        _ when error == (IsBsd ? 48 : 98) => ErrorCode.AddressAlreadyInUse,
        _ when error == (IsBsd ? 49 : 99) => ErrorCode.AddressNotAvailable,
        _ when error == (IsBsd ? 43 : 93) => ErrorCode.ProtocolNotSupported,
        _ => ErrorCode.BaseErrorNumber,
    };
}
