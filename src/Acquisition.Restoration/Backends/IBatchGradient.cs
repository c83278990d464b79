using Acquisition.Restoration.Training;

namespace Acquisition.Restoration.Backends;

/// <summary>Loss and gradient of batches of crops of one volume. One thread at a time.</summary>
internal interface IBatchGradient : IDisposable
{
    /// <summary>Mean square error over the batch relative to the volume's mean square.</summary>
    /// <param name="crops">As many as the training set says.</param>
    /// <param name="parameters">As stored.</param>
    /// <param name="gradient">Overwritten with the gradient with respect to the stored parameters.</param>
    double Run(ReadOnlySpan<Crop> crops, ReadOnlySpan<float> parameters, Span<float> gradient, CancellationToken cancellation);
}
