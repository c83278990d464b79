using Acquisition.Restoration;

namespace Acquisition.Torch.Adversarial.C2Gan;

/// <summary>Low light to high light, learned from unpaired planes of both (c2GAN, Li et al. 2020; UTOM, Li et al. 2021).</summary>
public static class C2GanSystem
{
    public static AdversarialSystem System { get; } = new()
    {
        Method = ModelNames.C2Gan,
        IsPaired = false,
        Finer = 1,
        IsPlanar = true,
        Doubt = DoubtUnit.ContentDisagreement,
        Begin = (input, target, options) => new C2GanTraining(input, target, options, C2GanSettings.Of(options.Preset).With(options.Overrides)),
        Open = (model, options) => new C2GanPredictor(model, options),
    };
}
