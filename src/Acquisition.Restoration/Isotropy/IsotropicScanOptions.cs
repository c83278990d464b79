using Acquisition.Core;

namespace Acquisition.Restoration.Isotropy;

/// <summary>How the stacks of a scan are made isotropic. Every value is checked, also through <c>with</c>.</summary>
public sealed record IsotropicScanOptions
{
    /// <summary>Width of the point spread function (FWHM) in y and x, µm; <see langword="null"/> for what the scan announces.</summary>
    public double? PsfLateralUm { get; init => field = value is { } width ? Require.InRange(Require.Positive(width), 0, 100) : null; }

    /// <summary>The same in z.</summary>
    public double? PsfAxialUm { get; init => field = value is { } width ? Require.InRange(Require.Positive(width), 0, 100) : null; }

    /// <summary>Stack of beads to measure the point spread function on instead; <see langword="null"/> for none.</summary>
    public string? BeadsFile { get; init; }

    /// <summary>The blur that networks learn to undo: <see cref="DegradationKernel.Split"/> or <see cref="DegradationKernel.Full"/>.</summary>
    public DegradationKernel Kernel
    {
        get;
        init => field = value is DegradationKernel.Split or DegradationKernel.Full
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Kernel), value, $"Kernel is {value}; Split and Full are accepted.");
    } = DegradationKernel.Split;

    /// <summary>Training steps of a network. Default 600: minutes on two processors. More gain more, slowly (tests/studies/isonet.md).</summary>
    public int Steps { get; init => field = Require.InRange(value, 1, 1_000_000); } = 600;

    /// <summary>Patches for each step.</summary>
    public int BatchSize { get; init => field = Require.InRange(value, 1, 256); } = 8;

    /// <summary>Edge of the square patches, pixels; a multiple of 4.</summary>
    public int PatchPx
    {
        get;
        init => field = value % 4 == 0
            ? Require.InRange(value, 16, 512)
            : throw new ArgumentOutOfRangeException(nameof(PatchPx), value, $"PatchPx is {value}; it must be a multiple of 4.");
    } = 64;

    /// <summary>Of Richardson-Lucy deconvolution; 1 to 1000.</summary>
    public int Iterations { get; init => field = Require.InRange(value, 1, 1000); } = RichardsonLucy.DefaultIterations;
}
