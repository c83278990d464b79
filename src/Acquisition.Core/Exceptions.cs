namespace Acquisition.Core;

/// <summary>A fault that a person can act on: the message says what was found, what is accepted, where, and what to do.</summary>
public abstract class AcquisitionException : Exception
{
    protected AcquisitionException(string message, Exception? inner = null) : base(message, inner) { }
}

/// <summary>A source of frames cannot be opened or has failed.</summary>
public sealed class SourceException(string message, Exception? inner = null) : AcquisitionException(message, inner);

/// <summary>A socket for sending cannot be opened or has failed.</summary>
public sealed class TransportException(string message, Exception? inner = null) : AcquisitionException(message, inner);

/// <summary>A disk or a file refused.</summary>
public sealed class StorageException(string message, Exception? inner = null) : AcquisitionException(message, inner)
{
    /// <summary>Whether the disk or the quota is used up, so that making room is the remedy.</summary>
    public bool DiskFull { get; init; }
}

/// <summary>A file is not what it should be.</summary>
public sealed class DataFormatException(string message, Exception? inner = null) : AcquisitionException(message, inner);

/// <summary>A volume cannot be restored, or a network cannot be tuned on it.</summary>
public sealed class RestorationException(string message, Exception? inner = null) : AcquisitionException(message, inner);

/// <summary>A scan that was announced cannot be taken as the program is set up.</summary>
public sealed class ScanRefusedException(string message, Exception? inner = null) : AcquisitionException(message, inner);
