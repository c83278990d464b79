namespace Acquisition.Benchmarks.Torch;

/// <summary>The engine's work on one case.</summary>
internal interface IStepWork : IDisposable
{
    int Parameters { get; }

    /// <summary>One training step, with all that belongs to it.</summary>
    void Step();

    /// <summary>One pass over the volume, from and to the processor's memory.</summary>
    void Infer();
}
