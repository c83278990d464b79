namespace Acquisition.Torch.Adversarial.CrossModality;

/// <summary>How learning rates go from the first step to the last.</summary>
internal enum RateFall
{
    /// <summary>They stay.</summary>
    None,

    /// <summary>To 0 along half a cosine.</summary>
    Cosine,
}
