using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Acquisition.Torch.Adversarial;

/// <summary>Keeps one odd batch from undoing what all others taught: a gradient many times as long as usual is shortened.</summary>
internal sealed class GradientLimit
{
    /// <summary>What each step leaves of the usual length.</summary>
    private const double Kept = 0.99;

    /// <summary>How many times the usual length a gradient may have.</summary>
    private const double Most = 4;

    private double _usual = double.NaN;

    /// <summary>Between gradients and the step that takes them.</summary>
    public void Apply(IEnumerable<Parameter> parameters)
    {
        using var scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        List<Tensor> gradients = [];
        foreach (Parameter parameter in parameters)
        {
            if (parameter.grad is { } gradient) gradients.Add(gradient);
        }

        double length = Math.Sqrt(gradients.Sum(gradient => (double)gradient.square().sum().item<float>()));
        double most = Most * _usual;
        if (length > most)
        {
            foreach (Tensor gradient in gradients) gradient.mul_(most / length);
            length = most;
        }

        if (double.IsFinite(length)) _usual = double.IsNaN(_usual) ? length : Kept * _usual + (1 - Kept) * length;
    }

    public void Save(BinaryWriter writer) => writer.Write(_usual);

    public void Load(BinaryReader reader) => _usual = reader.ReadDouble();
}
