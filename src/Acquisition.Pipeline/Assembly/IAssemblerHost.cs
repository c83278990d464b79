using Acquisition.Core;

namespace Acquisition.Pipeline.Assembly;

/// <summary>What the assembler asks of its run.</summary>
internal interface IAssemblerHost
{
    /// <summary>Makes the run ready for a scan before its first frame.</summary>
    /// <exception cref="AcquisitionException">The scan cannot be taken: too large for the memory budget, or no folder for it.</exception>
    void Begin(ScanPlan plan);

    /// <summary>Lends memory for one volume; <see langword="null"/> when none came back in time.</summary>
    VolumeBuffer? Rent(ScanPlan plan, TimeSpan patience);

    /// <summary>The first planes of an open volume are final. Called for each plane more; must not wait.</summary>
    /// <param name="pixels">Lent until the call returns.</param>
    void PlanesFinal(VolumeIndex index, VolumeBuffer pixels, int planes);

    /// <exception cref="OperationCanceledException">The run is stopping; nobody will give memory back.</exception>
    void ThrowIfStopped();

    /// <summary>The scan is over.</summary>
    void End(RunOutcome outcome, string reason);

    /// <summary>Something a person should see once.</summary>
    void Warn(string message);
}
