namespace Acquisition.Torch.Isotropy;

/// <summary>The networks that make a section sharp along z.</summary>
public enum IsotropicNetwork
{
    /// <summary>Four convolutions in a row, after SRCNN (Weigert et al. 2017): 57,283 parameters.</summary>
    IsoNet1,

    /// <summary>A U-net of one convolution for each level whose output is added to its input (Weigert et al. 2017): 314,561 parameters.</summary>
    IsoNet2,

    /// <summary>The U-net that CSBDeep makes by default for isotropic restoration, with the output added: 922,977 parameters.</summary>
    CareIsotropic,
}
