using System.Collections.Immutable;
using System.Globalization;
using Acquisition.Core;
using Acquisition.Restoration.Network;

namespace Acquisition.Restoration;

/// <summary>A Self-Vision model as tuned on one volume: one network for a factor of 2, two in a row for a factor of 4. Immutable.</summary>
public sealed class SelfVisionModel : TunedModel
{
    private const string VariantKey = "variant";
    private const string FactorsKey = "factors";

    /// <param name="stages">In the order they are applied.</param>
    /// <exception cref="ArgumentException">A stage has the wrong number of weights for its variant and factors.</exception>
    public SelfVisionModel(NetworkVariant variant, ImmutableArray<TunedStage> stages)
    {
        if (stages.IsDefaultOrEmpty) throw new ArgumentException("A model has at least one stage.", nameof(stages));
        foreach (TunedStage stage in stages)
        {
            int expected = new NetworkLayout(variant, stage.Factors).StoredCount;
            if (stage.Weights.Length != expected)
                throw new ArgumentException(
                    $"A {variant} stage for factors {stage.Factors} has {expected} weights, not {stage.Weights.Length}.", nameof(stages));
        }
        Variant = variant;
        Stages = stages;
    }

    public override string Method => ModelNames.SelfVision;

    public NetworkVariant Variant { get; }

    public ImmutableArray<TunedStage> Stages { get; }

    /// <summary>How many times finer the restored grid is, over all stages.</summary>
    public Factors Factors => Stages.Aggregate(
        Factors.One, (all, stage) => new(all.Z * stage.Factors.Z, all.Y * stage.Factors.Y, all.X * stage.Factors.X));

    public override SelfVisionModel WithNote(string name, string value) => new(Variant, Stages) { Notes = Notes.SetItem(name, value) };

    /// <summary>The model as a safetensors file: float32 tensors "stage0.body.0.weight" and so on, as PyTorch would name and shape
    /// them ([out, in, kz, ky, kx]), and a metadata map with variant, factors and notes.</summary>
    public override byte[] ToSafeTensors()
    {
        var tensors = new List<SafeTensor>();
        for (int i = 0; i < Stages.Length; i++)
        {
            TunedStage stage = Stages[i];
            foreach (var (name, shape, start) in new NetworkLayout(Variant, stage.Factors).Tensors())
                tensors.Add(new($"stage{i}.{name}", [.. shape], stage.Weights.AsMemory().Slice(start, shape.Aggregate(1, (a, b) => a * b))));
        }
        string factors = string.Join(';', Stages.Select(stage => stage.Factors.ToString()));
        return SafeTensors.Write(tensors, Notes.SetItem(VariantKey, Variant.ToString()).SetItem(FactorsKey, factors));
    }

    /// <summary>Reads what <see cref="ToSafeTensors"/> wrote.</summary>
    /// <exception cref="DataFormatException">Not a safetensors file, or not of a Self-Vision model; the message says where.</exception>
    public static SelfVisionModel FromSafeTensors(ReadOnlySpan<byte> file)
    {
        var (tensors, metadata) = SafeTensors.Read(file);
        if (!metadata.TryGetValue(VariantKey, out string? variantText) || !Enum.TryParse(variantText, out NetworkVariant variant))
            throw new DataFormatException(
                $"The model's metadata names the variant '{variantText}'; accepted are {string.Join(", ", Enum.GetNames<NetworkVariant>())}.");
        if (!metadata.TryGetValue(FactorsKey, out string? factorsText))
            throw new DataFormatException("The model's metadata has no 'factors'.");

        var stages = factorsText.Split(';').Select((text, i) => ReadStage(variant, ParseFactors(text), i, tensors));
        return new SelfVisionModel(variant, [.. stages]) { Notes = metadata.Remove(VariantKey).Remove(FactorsKey) };
    }

    private static TunedStage ReadStage(
        NetworkVariant variant, Factors factors, int index, Dictionary<string, SafeTensor> tensors)
    {
        var layout = new NetworkLayout(variant, factors);
        var weights = new float[layout.StoredCount];
        foreach (var (name, shape, start) in layout.Tensors()) SafeTensors.CopyTo(tensors, $"stage{index}.{name}", shape, weights.AsSpan(start));
        return new TunedStage(factors, ImmutableArray.Create(weights));
    }

    private static Factors ParseFactors(string text)
    {
        string[] parts = text.Split(',');
        return parts.Length == 3 && parts.All(part => part is "1" or "2")
            ? new(Parse(parts[0]), Parse(parts[1]), Parse(parts[2]))
            : throw new DataFormatException($"The model's metadata has the factors '{text}'; three of 1 or 2 (z,y,x) are expected for a stage.");

        static int Parse(string part) => int.Parse(part, CultureInfo.InvariantCulture);
    }
}
