using Acquisition.Restoration;

namespace Acquisition.Torch.Adversarial.DualHrgan;

/// <summary>3D-dualHRGAN (Zhou et al.): volumes three times finer on every axis, learned from volumes of two objectives that need not show the same.</summary>
public static class DualHrganSystem
{
    public static AdversarialSystem System { get; } = new()
    {
        Method = ModelNames.DualHrgan,
        IsPaired = false,
        Finer = FineGrid.Finer,
        IsPlanar = false,
        Doubt = DoubtUnit.CycleResidual,
        Begin = (input, target, options) => new DualHrganTraining(input, target, options),
        Open = (model, options) => new DualHrganPredictor(model, options),
    };
}
