using Acquisition.Restoration;

namespace Acquisition.Torch.Adversarial.CrossModality;

/// <summary>Super-resolution learned from pairs of two microscopes (Wang et al. 2019, Nature Methods 16, 103): planes to planes on the same grid.</summary>
public static class CrossModalitySystem
{
    public static AdversarialSystem System { get; } = new()
    {
        Method = ModelNames.CrossModality,
        IsPaired = true,
        Finer = 1,
        IsPlanar = true,
        Doubt = null,
        Begin = (input, target, options) => new CrossModalityTraining(input, target, options, CrossModalitySettings.Of(options.Preset).With(options.Overrides)),
        Open = (model, options) => new CrossModalityPredictor(model, options),
    };
}
