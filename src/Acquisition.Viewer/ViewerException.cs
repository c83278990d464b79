using Acquisition.Core;

namespace Acquisition.Viewer;

/// <summary>The viewer cannot be served; a run goes on without it.</summary>
public sealed class ViewerException(string message, Exception? inner = null) : AcquisitionException(message, inner)
{
    /// <summary>Whether another program has the port, so that the next one may be free.</summary>
    public bool IsPortTaken { get; init; }
}
