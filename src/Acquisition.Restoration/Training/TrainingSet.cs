using Acquisition.Core;

namespace Acquisition.Restoration.Training;

/// <summary>What training crops are cut from.</summary>
/// <param name="Volume">Crops of it are what the network should make of their shrunk copies.</param>
/// <param name="Weights">Of each of the volume's samples in the loss.</param>
/// <param name="Range">Of the volume; shrunk crops are kept inside it.</param>
/// <param name="Crop">Extent of every crop.</param>
/// <param name="MeanSquare">The loss is the mean square error divided by this: raw losses of sparse volumes come near Adam's epsilon.</param>
/// <param name="BatchSize">Crops a step.</param>
internal sealed record TrainingSet(
    FloatVolume Volume, FloatVolume Weights, SampleRange Range, VolumeShape Crop, double MeanSquare, int BatchSize)
{
    /// <summary>What a weighted squared error counts in the loss.</summary>
    public double LossScale => 1 / (MeanSquare * Crop.Voxels * BatchSize);
}
