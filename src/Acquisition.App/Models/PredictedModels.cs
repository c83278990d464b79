using Acquisition.App.Configuration;
using Acquisition.App.Training;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Torch;
using Acquisition.Torch.Adversarial;

namespace Acquisition.App.Models;

/// <summary>What learned from libraries of images before the scan, and predicts detail.</summary>
internal static class PredictedModels
{
    public static ModelEntry CrossModality { get; } = Entry(
        ModelNames.CrossModality, "makes planes look as a sharper microscope would show them, learned from pairs", "Wang et al. 2019");

    public static ModelEntry DualHrgan { get; } = Entry(
        ModelNames.DualHrgan, "makes volumes three times finer on every axis, learned from unpaired volumes of two objectives", "3D-dualHRGAN, Zhou et al.");

    public static ModelEntry C2Gan { get; } = Entry(
        ModelNames.C2Gan, "makes planes taken in low light look as in high light, learned from unpaired images of both", "Li et al. 2021");

    private static ModelEntry Entry(string name, string does, string source) => new()
    {
        Name = name,
        Does = does,
        Source = source,
        TunedOn = "libraries of images, before the scan, by 'acquisition train'",
        Needs = "prediction.weights_file, a scan that is not undersampled at the voxel size, objective and gain of the model's card, libtorch",
        Invents = true,
        WhyUnavailable = compute => TorchEngine.WhyUnavailable(Devices.ForTorch(compute)),
        Check = Check,
        Open = (config, plan, _) => OfflineEngine.Restoration(
            plan, TrainedWeights.Read(config.Prediction.WeightsFile!), new MicroscopeSetting(config.Prediction.Objective, config.Prediction.Gain), new PredictorOptions
            {
                Threads = config.Restoration.Threads,
                MemoryBudgetBytes = config.Restoration.ActivationBudgetBytes,
                Device = Devices.ForTorch(config.Compute),
            }),
    };

    private static IEnumerable<(string Path, string Message)> Check(AppConfig config)
    {
        string model = config.Restoration.Model;
        foreach (var fault in Devices.CheckTorchOnly(config)) yield return fault;
        if (config.Prediction.WeightsFile is not { } file)
        {
            yield return ("restoration.model", $"is {model}, which needs weights that 'acquisition train {model}' made; give them as prediction.weights_file");
        }
        else if (WhyUnfit(file, model) is { } fault)
        {
            yield return ("prediction.weights_file", fault);
        }

        if (config.Restoration.Uncertainty)
            yield return ("restoration.uncertainty", $"is true; {model} has no standard errors{(AdversarialSystem.Get(model).Doubt is null ? "" : ", and gives its map of doubt without being asked")}");
        if (config.TruthFolder is not null && AdversarialSystem.Get(model).Finer > 1)
            yield return ("scoring.truth", $"is given; {model} restores to a grid of its own, which originals of an undersampled scan do not have");
    }

    private static string? WhyUnfit(string file, string model)
    {
        try
        {
            OfflineModel weights = TrainedWeights.Read(file);
            return weights.Method == model ? null : $"is '{file}', whose weights are of {weights.Method}; give those of {model}, or set restoration.model to {weights.Method}";
        }
        catch (AcquisitionException fault)
        {
            return $"cannot be used: {fault.Message.TrimEnd('.')}";
        }
    }
}
