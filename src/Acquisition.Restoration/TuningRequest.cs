using Acquisition.Core;

namespace Acquisition.Restoration;

/// <summary>What <see cref="IRestorationEngine.Tune"/> is to do.</summary>
public sealed record TuningRequest
{
    /// <summary>The undersampled volume, in scaled units; lent until the call returns, not changed.</summary>
    public required FloatVolume Acquired { get; init; }

    /// <summary>How many times finer the wanted grid is.</summary>
    public required Factors Factors { get; init; }

    /// <summary>Smallest value a restored sample may take; negative infinity for none.</summary>
    public required float Floor { get; init; }

    public required RestorationOptions Options { get; init; }

    /// <summary>Weights to go on from, for the same factors and variant, with half the steps and half the learning rate;
    /// <see langword="null"/> begins anew.</summary>
    public TunedModel? Start { get; init; }

    /// <summary>Threads that may work, when fewer than the options say; <see langword="null"/> for as many as they say.</summary>
    public ThreadBudget? Budget { get; init; }

    /// <summary>Told every few steps, on the calling thread.</summary>
    public IProgress<TuningProgress>? Progress { get; init; }
}
