using Acquisition.Core;
using Acquisition.Restoration;

namespace Acquisition.Torch.Adversarial.DualHrgan;

/// <summary>Names of networks in weights and checkpoints.</summary>
internal static class DualHrganNetworks
{
    public const string Generator = "generator";

    public const string Degradation = "degradation";

    /// <exception cref="RestorationException">The model is of another system.</exception>
    public static void RequireMethod(OfflineModel model)
    {
        if (model.Method != ModelNames.DualHrgan) throw new RestorationException($"The model is of {model.Method}, and {ModelNames.DualHrgan} takes its own only.");
    }
}
