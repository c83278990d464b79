using static TorchSharp.torch;

namespace Acquisition.Torch.Adversarial.CrossModality;

/// <summary>Weights that training begins with.</summary>
internal static class Initialisation
{
    /// <summary>Normal deviates beyond so many deviations are drawn again.</summary>
    private const double Cut = 2;

    private const double PaperDeviation = 0.05;

    /// <summary>Draws weights; biases become 0. The same random numbers give the same weights on every device.</summary>
    public static void Draw(nn.Module network, WeightDraw from, Random random)
    {
        using var scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        foreach (var (_, parameter) in network.named_parameters())
        {
            long[] shape = parameter.shape;
            if (shape.Length == 1)
            {
                parameter.zero_();
                continue;
            }

            long inputs = shape[1..].Aggregate(1L, (product, extent) => product * extent);
            double each = from == WeightDraw.Paper ? PaperDeviation : Math.Sqrt(2 / ((1 + Rectified.Slope * Rectified.Slope) * inputs));
            Tensor values = empty(shape);
            foreach (ref float value in HostTensors.Samples(values)) value = (float)(each * Deviate(random));
            parameter.copy_(values);
        }
    }

    private static double Deviate(Random random)
    {
        while (true)
        {
            double deviate = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            if (Math.Abs(deviate) <= Cut) return deviate;
        }
    }
}
