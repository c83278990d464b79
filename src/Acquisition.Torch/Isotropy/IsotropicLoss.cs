namespace Acquisition.Torch.Isotropy;

/// <summary>What training makes small.</summary>
public enum IsotropicLoss
{
    /// <summary>10 log10(MSE + 1e-6) of each patch, mean over the batch: the negative PSNR of Weigert et al. 2017, eq. 3, but for the
    /// brightest sample, which is constant, and a floor without which the gradient of an empty patch has no bound.</summary>
    LogSquareError,

    /// <summary>Mean absolute error, as CSBDeep uses it.</summary>
    AbsoluteError,
}
