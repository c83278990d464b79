using System.Collections.Immutable;
using System.Globalization;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Acquisition.Torch.Adversarial.DualHrgan;

/// <summary>A microscope in three numbers: how much more the coarse objective blurs than the fine one, as a Gaussian, and what becomes of scaled units.</summary>
/// <param name="Z">Deviation along z, coarse voxels.</param>
/// <param name="Lateral">Along y and x.</param>
/// <param name="Gain">Of scaled units.</param>
internal sealed record MeasuredBlur(double Z, double Lateral, double Gain)
{
    /// <summary>A kernel ends at so many deviations.</summary>
    private const int Reach = 3;

    /// <summary>Blurs [n, 1, z, y, x]; beyond its faces it is dark.</summary>
    /// <param name="z">Deviation, voxels; 0 for none.</param>
    /// <param name="lateral">Along y and x.</param>
    public static Tensor Blurred(Tensor volumes, double z, double lateral)
    {
        foreach (var (axis, deviation) in ((int, double)[])[(2, z), (3, lateral), (4, lateral)])
        {
            int radius = (int)Math.Ceiling(Reach * deviation);
            if (radius == 0) continue;
            double[] weights = [.. Enumerable.Range(-radius, 2 * radius + 1).Select(at => Math.Exp(-at * at / (2 * deviation * deviation)))];
            long[] shape = [1, 1, 1, 1, 1], padding = [0, 0, 0];
            (shape[axis], padding[axis - 2]) = (weights.Length, radius);
            Tensor kernel = tensor([.. weights.Select(weight => (float)(weight / weights.Sum()))]).reshape(shape).to(volumes.device);
            volumes = functional.conv3d(volumes, kernel, padding: padding);
        }

        return volumes;
    }

    /// <summary>What the coarse objective would see, without noise, of fine volumes [n, 1, 3z, 3y, 3x]: [n, 1, z, y, x].</summary>
    public Tensor On(Tensor fine) => Gain * Blurred(FineGrid.Means(fine), Z, Lateral);

    /// <summary>As a card has it.</summary>
    public ImmutableSortedDictionary<string, string> ByName()
    {
        var names = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in ((string, double)[])[("measured_blur_z", Z), ("measured_blur_lateral", Lateral), ("measured_gain", Gain)])
            names.Add(name, value.ToString("G4", CultureInfo.InvariantCulture));
        return names.ToImmutable();
    }
}
