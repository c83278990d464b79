namespace Acquisition.HardwareSim.Faults;

/// <summary>What a source does that starts again in the middle of a scan.</summary>
internal enum Restart
{
    /// <summary>It announces the same scan and goes on where it was.</summary>
    Continue,

    /// <summary>It announces the same scan and sends all of it again.</summary>
    Beginning,

    /// <summary>It announces a new scan and sends all of it.</summary>
    NewScan,
}
