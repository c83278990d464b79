namespace Acquisition.Torch.Adversarial.CrossModality;

/// <summary>Which distribution weights are drawn from before training; normal ones, cut at two deviations.</summary>
internal enum WeightDraw
{
    /// <summary>With a deviation of 0.05 (Wang et al. 2019).</summary>
    Paper,

    /// <summary>With √(2 / ((1 + slope²) · inputs)) of each layer (He et al. 2015, eq. 15), which keeps variances through leaky rectifiers: with a
    /// quarter of the paper's channels its 0.05 lets signals fade.</summary>
    He,
}
