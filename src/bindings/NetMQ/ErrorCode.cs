namespace NetMQ;

/// <summary>What went wrong, under the numbers that NetMQ gives on every system.</summary>
public enum ErrorCode
{
    EndpointNotFound = 2,
    AccessDenied = 13,
    Fault = 14,
    Invalid = 22,
    TryAgain = 35,
    ProtocolNotSupported = 43,
    AddressAlreadyInUse = 48,
    AddressNotAvailable = 49,

    /// <summary>Here: any error without a number of its own.</summary>
    BaseErrorNumber = 156_384_712,
    ContextTerminated = BaseErrorNumber + 53,
    TooManyOpenSockets = BaseErrorNumber + 107,
}
