namespace Acquisition.App.Models;

/// <summary>What computes networks, and where.</summary>
internal sealed record ComputeOptions
{
    public const string Auto = "auto";
    public const string Cpu = "cpu";

    /// <summary>Default <see cref="EngineChoice.Auto"/>: libtorch where there is a graphics card, this program's own kernels elsewhere.</summary>
    public EngineChoice Engine { get; init; }

    /// <summary>"auto", "cpu", "cuda" or "cuda:1" and so on.</summary>
    public string Device { get; init; } = Auto;
}

internal enum EngineChoice
{
    Auto,

    /// <summary>This program's own kernels on the processor.</summary>
    Cpu,

    /// <summary>libtorch.</summary>
    Torch,
}
