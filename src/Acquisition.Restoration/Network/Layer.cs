namespace Acquisition.Restoration.Network;

/// <summary>A convolution and, except for the last, its PReLU, with the places of their parameters.</summary>
/// <param name="Name">Of the convolution in a PyTorch state dictionary.</param>
/// <param name="SlopeName">Of the PReLU there; <see langword="null"/> for the last layer.</param>
/// <param name="Stored">As it is trained and stored.</param>
/// <param name="Executed">As it is computed on the coarse grid.</param>
/// <param name="StoredAt">Where its stored parameters begin: weights, biases, slopes.</param>
/// <param name="ExecutedAt">Where its executed parameters begin, in the same order.</param>
internal sealed record Layer(
    string Name, string? SlopeName, ConvShape Stored, ConvShape Executed, int StoredAt, int ExecutedAt)
{
    public bool HasSlopes => SlopeName is not null;

    public int StoredBiasAt => StoredAt + Stored.WeightCount;

    public int StoredSlopeAt => StoredBiasAt + Stored.Out;

    public int ExecutedBiasAt => ExecutedAt + Executed.WeightCount;

    public int ExecutedSlopeAt => ExecutedBiasAt + Executed.Out;

    public int StoredCount => Stored.WeightCount + Stored.Out + (HasSlopes ? Stored.Out : 0);

    public int ExecutedCount => Executed.WeightCount + Executed.Out + (HasSlopes ? Executed.Out : 0);
}
