namespace Acquisition.App;

/// <summary>What the program tells the shell.</summary>
internal static class ExitCode
{
    /// <summary>Done, also when ended early by request, with every frame accounted for.</summary>
    public const int Ok = 0;

    /// <summary>The run failed, or its ledger does not close.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the configuration is wrong; nothing was started.</summary>
    public const int Usage = 2;
}
