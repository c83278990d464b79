namespace Acquisition.Torch.Adversarial;

/// <summary>How a system is sized and weighted.</summary>
public enum TrainingPreset
{
    /// <summary>Networks and losses as the paper gives them.</summary>
    Literal,

    /// <summary>The paper's networks, with losses weighted so that agreement with the data outweighs the adversary.</summary>
    Safe,

    /// <summary>The safe losses with networks that two processor cores train in minutes.</summary>
    Small,
}
