using Acquisition.Core;
using Acquisition.Pipeline.Restoring;

namespace Acquisition.Pipeline;

/// <summary>What a scan's pipeline asks of its run.</summary>
internal interface IScanHost : IRestorationHost
{
    /// <summary>A restored volume lies on disk, with how it was made.</summary>
    void Restored(Provenance provenance);

    /// <summary>Raw volumes can no longer be stored: the run must end.</summary>
    void RawFailed(Exception fault);
}
