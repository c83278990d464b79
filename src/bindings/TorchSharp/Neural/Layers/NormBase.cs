using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What all normalisations have.</summary>
public abstract class NormBase : nn.Module<Tensor, Tensor>
{
    private protected NormBase(
        string name, long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype)
        : base(name)
    {
        (this.num_features, this.eps, this.momentum, this.affine, this.track_running_stats) = (num_features, eps, momentum, affine, track_running_stats);
        if (affine)
        {
            weight = (Parameter)new Parameter(ones(num_features, dtype, device)).DetachFromDisposeScope();
            bias = (Parameter)new Parameter(zeros(num_features, dtype, device)).DetachFromDisposeScope();
            register_parameter(nameof(weight), weight);
            register_parameter(nameof(bias), bias);
        }

        if (!track_running_stats) return;
        running_mean = zeros(num_features, dtype, device).DetachFromDisposeScope();
        running_var = ones(num_features, dtype, device).DetachFromDisposeScope();
        num_batches_tracked = tensor(0L, dtype, device).DetachFromDisposeScope();
        register_buffer(nameof(running_mean), running_mean);
        register_buffer(nameof(running_var), running_var);
        register_buffer(nameof(num_batches_tracked), num_batches_tracked);
    }

    public long num_features { get; }

    public double eps { get; set; }

    public double? momentum { get; set; }

    public bool affine { get; }

    public bool track_running_stats { get; }

    public Parameter? weight { get; }

    public Parameter? bias { get; }

    public Tensor? running_mean { get; }

    public Tensor? running_var { get; }

    public Tensor? num_batches_tracked { get; }

    /// <exception cref="ArgumentException">It has another number of dimensions.</exception>
    private protected static void Expect(Tensor input, int dimensions)
    {
        if (input.ndim != dimensions) throw new ArgumentException($"expected {dimensions}D input, but got {input.ndim}D input.");
    }
}
