namespace Acquisition.Benchmarks.Torch;

/// <summary>Whose step is measured.</summary>
internal enum StepNetwork
{
    Public,
    Paper,
    IsoNet2,
}
