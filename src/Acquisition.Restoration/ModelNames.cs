namespace Acquisition.Restoration;

/// <summary>Names of models, as <see cref="RestorationOptions.Model"/>, provenance and weights give them.</summary>
public static class ModelNames
{
    /// <summary>A network tuned on the first volume, where it beats <see cref="Cubic"/> on held-out crops.</summary>
    public const string SelfVision = "self-vision";

    /// <summary>Cubic interpolation made consistent with the acquired samples by back-projection. No network.</summary>
    public const string Cubic = "cubic";

    /// <summary>Cubic interpolation along z, and Richardson-Lucy deconvolution with the point spread function. No network.</summary>
    public const string RichardsonLucy = "richardson-lucy";

    /// <summary>Four convolutions that undo axial blur, trained on the first stack's lateral planes (Weigert et al. 2017).</summary>
    public const string IsoNet1 = "isonet-1";

    /// <summary>The same with a U-net.</summary>
    public const string IsoNet2 = "isonet-2";

    /// <summary>The U-net and training that CSBDeep takes by default for isotropic restoration.</summary>
    public const string CareIsotropic = "care-isotropic";

    /// <summary><see cref="IsoNet1"/> that learns to interpolate and knows of no blur.</summary>
    public const string Srcnn = "srcnn";

    /// <summary>Super-resolution learned from pairs of two microscopes (Wang et al. 2019). Predicts detail.</summary>
    public const string CrossModality = "cross-modality";

    /// <summary>Volumes three times finer on every axis, learned from unpaired volumes of two objectives (3D-dualHRGAN). Predicts detail.</summary>
    public const string DualHrgan = "dual-hrgan";

    /// <summary>Low light to high light, learned from unpaired images of both (Li et al. 2021). Predicts detail.</summary>
    public const string C2Gan = "c2gan";
}
