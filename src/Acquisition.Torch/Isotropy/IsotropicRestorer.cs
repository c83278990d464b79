using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Isotropy;
using Acquisition.Restoration.Sampling;
using TorchSharp;
using static TorchSharp.torch;

namespace Acquisition.Torch.Isotropy;

/// <summary>Makes stacks isotropic with a trained network: interpolated along z, then every xz and every yz section restored, and the two
/// put together.</summary>
/// <remarks>One caller at a time. Beside libtorch's memory it takes one volume more while it runs.</remarks>
public sealed unsafe class IsotropicRestorer : IDisposable
{
    private readonly IsotropicModel _model;
    private readonly IsotropicRestorerOptions _options;
    private readonly NetworkPlan _plan;
    private readonly NetworkModule _network;
    private readonly Device _device;

    public IsotropicRestorer(IsotropicModel model, IsotropicRestorerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        (_model, _options, _plan) = (model, options ?? new(), NetworkPlan.Of(model.Network));
        _device = TorchDevice.Open(_options.Device);
        _network = new NetworkModule(_plan);
        _network.Load(model.Weights.AsSpan());
        _network.to(_device);
        _network.eval();
    }

    /// <summary>The shape that a stack takes.</summary>
    public VolumeShape Shape(VolumeShape stack) => AxialUpsampling.Shape(stack, _model.Ratio);

    /// <summary>Restores a stack.</summary>
    /// <param name="acquired">In the units of the stack that the network was trained on.</param>
    /// <param name="restored">Of <see cref="Shape"/>; receives the result in the same units.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    /// <exception cref="RestorationException">The device fails, for instance for lack of memory.</exception>
    public void Restore(FloatVolume acquired, FloatVolume restored, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(acquired);
        ArgumentNullException.ThrowIfNull(restored);
        if (restored.Shape != Shape(acquired.Shape))
            throw new ArgumentException($"A {acquired.Shape} stack with planes {_model.Ratio} pixels apart becomes {Shape(acquired.Shape)}, but the destination is {restored.Shape}.");
        TorchThreads.Use(_options.Threads);
        using var interpolated = new FloatVolume(restored.Shape);
        AxialUpsampling.Apply(acquired, _model.Ratio, interpolated, _options.Threads, cancellation);
        using IDisposable frozen = no_grad();
        DeviceException.Final($"libtorch on {_options.Device}", "Close other programs, or set restoration.activation_budget_mib to less.", () =>
        {
            View(interpolated, restored, isFirst: true, cancellation);
            View(interpolated, restored, isFirst: false, cancellation);
            return 0;
        });
    }

    /// <summary>Restores one section, scaled, whose degraded axis is x; its extents are multiples of what the network takes.</summary>
    internal float[] Restore(PlanePair section)
    {
        TorchThreads.Use(_options.Threads);
        return DeviceException.Final($"libtorch on {_options.Device}", "Close other programs.", () => _network.Restore(section, _device));
    }

    public void Dispose() => _network.Dispose();

    /// <summary>Restores the xz sections, then the yz sections and puts both together.</summary>
    private void View(FloatVolume from, FloatVolume to, bool isFirst, CancellationToken cancellation)
    {
        VolumeShape shape = from.Shape;
        // Rows of a section run along x or y, its columns along z: where x was in training.
        var (sections, rows) = isFirst ? (shape.Y, shape.X) : (shape.X, shape.Y);
        var (between, along) = isFirst ? (shape.X, 1) : (1, shape.X);
        int height = Padded(rows), width = Padded(shape.Z);
        int batch = (int)Math.Clamp(_options.MemoryBudgetBytes / ((long)height * width * _plan.BytesPerPixel), 1, sections);
        for (int first = 0; first < sections; first += batch)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            int count = Math.Min(batch, sections - first);
            Tensor input = empty([count, 1, height, width]);
            Gather(from, first, count, between, along, rows, height, width, HostTensors.Samples(input));
            Tensor output = _network.call(input.to(_device)).cpu();
            ReadOnlySpan<float> restored = HostTensors.Samples(output);
            for (int z = 0; z < shape.Z; z++)
            {
                float* plane = to.Row(z, 0);
                for (int s = 0; s < count; s++)
                {
                    float* line = plane + (first + s) * between;
                    for (int r = 0; r < rows; r++)
                    {
                        float value = restored[(s * height + r) * width + z];
                        line[r * along] = isFirst ? value : Together(line[r * along], value);
                    }
                }
            }
        }
    }

    private void Gather(FloatVolume from, int first, int count, int between, int along, int rows, int height, int width, Span<float> sections)
    {
        double low = _model.Scale.Low, scale = 1 / (_model.Scale.High - low);
        for (int z = 0; z < width; z++)
        {
            float* plane = from.Row(CubicTaps.Mirror(z, from.Shape.Z), 0);
            for (int s = 0; s < count; s++)
            {
                float* line = plane + (first + s) * between;
                for (int r = 0; r < height; r++)
                {
                    float value = line[CubicTaps.Mirror(r, rows) * along];
                    sections[(s * height + r) * width + z] = float.IsFinite(value) ? (float)((value - low) * scale) : 0;
                }
            }
        }
    }

    /// <summary>Two views' scaled samples as one in the stack's units.</summary>
    private float Together(float a, float b)
    {
        double mean = _options.Mean == ViewMean.Arithmetic ? ((double)a + b) / 2 : Math.Sqrt((double)Math.Max(a, 0) * Math.Max(b, 0));
        return (float)(_model.Scale.Low + mean * (_model.Scale.High - _model.Scale.Low));
    }

    private int Padded(int extent) => (extent + _plan.Multiple - 1) / _plan.Multiple * _plan.Multiple;
}
