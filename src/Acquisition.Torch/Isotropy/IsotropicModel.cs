using System.Collections.Immutable;
using System.Globalization;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Isotropy;

namespace Acquisition.Torch.Isotropy;

/// <summary>A trained network and what it was trained for. Immutable.</summary>
public sealed class IsotropicModel : TunedModel
{
    /// <exception cref="ArgumentException">The number of weights is not the network's, or the scale is empty.</exception>
    public IsotropicModel(IsotropicNetwork network, double ratio, DegradationKernel kernel, string pointSpread, IntensityScale scale, ImmutableArray<float> weights)
    {
        ArgumentNullException.ThrowIfNull(pointSpread);
        int expected = NetworkPlan.Of(network).Count;
        if (weights.IsDefault || weights.Length != expected)
            throw new ArgumentException($"{network} has {expected} weights, not {(weights.IsDefault ? 0 : weights.Length)}.", nameof(weights));
        if (scale.IsDegenerate) throw new ArgumentException($"The scale from {scale.Low} to {scale.High} is empty.", nameof(scale));
        (Network, Ratio, Kernel) = (network, Require.InRange(ratio, 1, SamplingRatio.Max), kernel);
        (PointSpread, Scale, Weights) = (pointSpread, scale, weights);
    }

    public override string Method => Network switch
    {
        IsotropicNetwork.IsoNet1 => Kernel == DegradationKernel.Identity ? ModelNames.Srcnn : ModelNames.IsoNet1,
        IsotropicNetwork.IsoNet2 => ModelNames.IsoNet2,
        _ => ModelNames.CareIsotropic,
    };

    public IsotropicNetwork Network { get; }

    /// <summary>Pixels from plane to plane of the stacks it restores; see <see cref="SamplingRatio"/>.</summary>
    public double Ratio { get; }

    public DegradationKernel Kernel { get; }

    /// <summary>The point spread function in words, for people and for comparison.</summary>
    public string PointSpread { get; }

    /// <summary>What the network takes for 0 and 1, measured on the stack it was trained on and the same for all that it restores.</summary>
    public IntensityScale Scale { get; }

    /// <summary>All layers' weights and biases, in PyTorch's order and shapes.</summary>
    public ImmutableArray<float> Weights { get; }

    /// <summary>PSNR on degraded lateral planes that it was not trained on, dB; NaN where that is not known.</summary>
    public double HeldOutDb { get; init; } = double.NaN;

    /// <summary>PSNR of those planes interpolated, dB.</summary>
    public double InputDb { get; init; } = double.NaN;

    /// <summary>How <see cref="PointSpread"/> describes a function.</summary>
    public static string Describe(PointSpreadFunction psf)
    {
        ArgumentNullException.ThrowIfNull(psf);
        return psf.Gaussian is { } widths
            ? string.Create(CultureInfo.InvariantCulture, $"Gaussian, sigma {widths.LateralPx:0.###} px lateral, {widths.AxialPx:0.###} px axial, pitch {psf.PitchUm:0.####} um")
            : string.Create(CultureInfo.InvariantCulture, $"measured, {psf.Shape}, pitch {psf.PitchUm:0.####} um");
    }

    public override IsotropicModel WithNote(string name, string value) => new(Network, Ratio, Kernel, PointSpread, Scale, Weights)
    {
        HeldOutDb = HeldOutDb,
        InputDb = InputDb,
        Notes = Notes.SetItem(name, value),
    };

    /// <summary>The model as a safetensors file: float32 tensors "layers.0.weight" and so on, as PyTorch would name and shape them, and
    /// a metadata map with everything else.</summary>
    public override byte[] ToSafeTensors()
    {
        SafeTensor[] tensors = [.. NetworkPlan.Of(Network).Tensors().Select(tensor =>
            new SafeTensor(tensor.Name, [.. tensor.Shape], Weights.AsMemory().Slice(tensor.Start, Elements(tensor.Shape))))];
        return SafeTensors.Write(tensors, Notes.SetItems(new Dictionary<string, string>
        {
            [Keys.Network] = Network.ToString(),
            [Keys.Kernel] = Kernel.ToString(),
            [Keys.PointSpread] = PointSpread,
            [Keys.Ratio] = Text(Ratio),
            [Keys.ScaleLow] = Text(Scale.Low),
            [Keys.ScaleHigh] = Text(Scale.High),
            [Keys.HeldOutDb] = Text(HeldOutDb),
            [Keys.InputDb] = Text(InputDb),
        }));

        static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
    }

    /// <summary>Reads what <see cref="ToSafeTensors"/> wrote.</summary>
    /// <exception cref="DataFormatException">Not a safetensors file, not of such a model, or with weights that are no numbers; the message says where.</exception>
    public static IsotropicModel FromSafeTensors(ReadOnlySpan<byte> file)
    {
        var (tensors, metadata) = SafeTensors.Read(file);
        var network = Choice<IsotropicNetwork>(Keys.Network);
        NetworkPlan plan = NetworkPlan.Of(network);
        var weights = new float[plan.Count];
        foreach (var (name, shape, start) in plan.Tensors()) SafeTensors.CopyTo(tensors, name, shape, weights.AsSpan(start));
        try
        {
            return new IsotropicModel(
                network, Number(Keys.Ratio), Choice<DegradationKernel>(Keys.Kernel), Value(Keys.PointSpread),
                new IntensityScale(Number(Keys.ScaleLow), Number(Keys.ScaleHigh)), ImmutableArray.Create(weights))
            {
                HeldOutDb = Number(Keys.HeldOutDb),
                InputDb = Number(Keys.InputDb),
                Notes = metadata.RemoveRange(Keys.All),
            };
        }
        catch (ArgumentException e)
        {
            throw new DataFormatException($"The model's metadata is not that of a model: {e.Message}", e);
        }

        string Value(string key) => metadata.TryGetValue(key, out string? value) ? value : throw new DataFormatException($"The model's metadata has no '{key}'.");

        double Number(string key) => double.TryParse(Value(key), NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? number : throw new DataFormatException($"The model's metadata has the {key} '{Value(key)}'; a number is expected.");

        T Choice<T>(string key) where T : struct, Enum => Enum.TryParse(Value(key), out T choice) && Enum.IsDefined(choice)
            ? choice : throw new DataFormatException($"The model's metadata has the {key} '{Value(key)}'; accepted are {string.Join(", ", Enum.GetNames<T>())}.");
    }

    private static int Elements(int[] shape) => shape.Aggregate(1, (a, b) => a * b);

    private static class Keys
    {
        public const string Network = "network";
        public const string Kernel = "kernel";
        public const string PointSpread = "point_spread";
        public const string Ratio = "ratio";
        public const string ScaleLow = "scale_low";
        public const string ScaleHigh = "scale_high";
        public const string HeldOutDb = "held_out_db";
        public const string InputDb = "input_db";

        public static readonly string[] All = [Network, Kernel, PointSpread, Ratio, ScaleLow, ScaleHigh, HeldOutDb, InputDb];
    }
}
