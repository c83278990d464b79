using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Isotropy;
using Acquisition.Torch.Isotropy;

namespace Acquisition.Tests.Torch.Isotropy;

/// <summary>Stacks and models for the tests beside it.</summary>
internal static class IsotropicCase
{
    public const double Ratio = 4;

    public static PointSpreadFunction Psf { get; } = PointSpreadFunction.FromGaussian(1, 3, 1);

    /// <summary>Quick: patches of 32 pixels.</summary>
    public static IsotropicOptions Options { get; } = new()
    {
        Network = IsotropicNetwork.IsoNet2,
        Steps = 40,
        Batch = 2,
        PatchPx = 32,
        ReportEvery = 20,
        LearningRate = 2e-3,
        Device = TorchCases.Device,
    };

    /// <summary>Bright balls of 3 pixels' radius on dark, sharp in planes; (12, 48, 40).</summary>
    public static FloatVolume Stack()
    {
        var random = new Random(8);
        var stack = new FloatVolume(new VolumeShape(12, 48, 40));
        foreach (int z in Enumerable.Range(0, stack.Shape.Z))
        {
            Span<float> plane = stack.Plane(z);
            plane.Fill(100);
            for (int ball = 0; ball < 14; ball++)
            {
                double y0 = random.Next(stack.Shape.Y), x0 = random.Next(stack.Shape.X), height = 400 + 600 * random.NextDouble();
                for (int i = 0; i < plane.Length; i++)
                {
                    double y = i / stack.Shape.X - y0, x = i % stack.Shape.X - x0;
                    plane[i] += (float)(height * Math.Exp(-(y * y + x * x) / 8));
                }
            }
        }
        return stack;
    }

    /// <summary>IsoNet-1 that passes on what lies some pixels away on each axis of a section: columns are where z belongs.</summary>
    public static IsotropicModel Shifting(int rows, int columns, IntensityScale scale)
    {
        var weights = new float[NetworkPlan.Of(IsotropicNetwork.IsoNet1).Count];
        var tensors = NetworkPlan.Of(IsotropicNetwork.IsoNet1).Tensors().ToDictionary(tensor => tensor.Name, tensor => tensor.Start);
        weights[tensors["layers.0.weight"] + (4 + rows) * 9 + 4 + columns] = 1;
        weights[tensors["layers.1.weight"] + 12] = 1;
        weights[tensors["layers.2.weight"] + 12] = 1;
        weights[tensors["layers.3.weight"]] = 1;
        return new IsotropicModel(IsotropicNetwork.IsoNet1, Ratio, DegradationKernel.Split, "none", scale, ImmutableArray.Create(weights));
    }

    /// <summary>A residual network that adds nothing.</summary>
    public static IsotropicModel Passing(IntensityScale scale) => new(
        IsotropicNetwork.IsoNet2, Ratio, DegradationKernel.Split, "none", scale,
        ImmutableArray.Create(NetworkPlan.Of(IsotropicNetwork.IsoNet2).Draw(new Random(1))));
}
