using System.Collections.Immutable;

namespace Acquisition.App.Models;

/// <summary>All models. One more takes a folder with its engine, and an entry here.</summary>
internal static class ModelRegistry
{
    public static ImmutableArray<ModelEntry> All { get; } =
    [
        SelfVisionModels.SelfVision,
        SelfVisionModels.Cubic,
        IsotropicModels.IsoNet2,
        IsotropicModels.IsoNet1,
        IsotropicModels.CareIsotropic,
        IsotropicModels.Srcnn,
        IsotropicModels.RichardsonLucy,
        PredictedModels.CrossModality,
        PredictedModels.DualHrgan,
        PredictedModels.C2Gan,
    ];

    public static ModelEntry Get(string name) => All.First(model => model.Name == name);
}
