using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Sampling;
using TorchSharp;
using static TorchSharp.torch;

namespace Acquisition.Torch.Adversarial.C2Gan;

/// <summary>Restores planes one by one and whole, because instance norm would make pieces of one plane differ.</summary>
internal sealed class C2GanPredictor : Predictor
{
    private readonly PredictorOptions _options;
    private readonly C2GanSettings _settings;
    private readonly TanhRange _range;
    private readonly ContentMask _mask;
    private readonly Device _device;
    private readonly ResidualGenerator _forward;
    private readonly ResidualGenerator _backward;

    /// <exception cref="DataFormatException">The model's card or tensors are not those of this system.</exception>
    public C2GanPredictor(OfflineModel model, PredictorOptions options)
    {
        (ContentThresholds thresholds, _settings) = C2GanTraining.Read(model.Card);
        (_options, _range, _device) = (options, new TanhRange(_settings.Lowest, _settings.Highest), TorchDevice.Open(options.Device));
        _mask = new ContentMask(_range.ToNetwork(thresholds.Input), _range.ToNetwork(thresholds.Target));
        (_forward, _backward) = (Open("forward"), Open("backward"));

        ResidualGenerator Open(string name)
        {
            var network = new ResidualGenerator(_settings.Channels, _settings.Blocks);
            NetworkState.Load(model, name, network);
            network.to(_device);
            network.eval();
            return network;
        }
    }

    public override double Predict(FloatVolume acquired, FloatVolume predicted, FloatVolume? doubt, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(acquired);
        ArgumentNullException.ThrowIfNull(predicted);
        VolumeShape shape = acquired.Shape;
        if (predicted.Shape != shape || (doubt is not null && doubt.Shape != shape))
            throw new ArgumentException($"Planes of {shape} stay as large, but the destination is {predicted.Shape} and the doubt's {doubt?.Shape}.");
        if (BytesNeeded(shape) is var needed && needed > _options.MemoryBudgetBytes)
        {
            throw new RestorationException(
                $"{ModelNames.C2Gan} restores a plane as a whole, and one of {shape.Y} × {shape.X} pixels takes {needed >> 20} MiB, of {_options.MemoryBudgetBytes >> 20} MiB. "
                + "Set restoration.activation_budget_mib to more, or take a smaller preset.");
        }

        TorchThreads.Use(_options.Threads);
        return DeviceException.Final($"libtorch on {_options.Device}", "Close other programs, or take a smaller preset.", () =>
        {
            double squares = 0;
            for (int z = 0; z < shape.Z; z++) squares += Plane(shape, acquired.Plane(z), predicted.Plane(z), doubt is null ? [] : doubt.Plane(z), cancellation);
            return squares;
        });
    }

    public override long BytesNeeded(VolumeShape acquired) =>
        ResidualGenerator.BytesPerPixel(_settings.Channels) * Padded(acquired.Y) * Padded(acquired.X);

    protected override void Dispose(bool disposing)
    {
        if (!disposing) return;
        _forward.Dispose();
        _backward.Dispose();
    }

    private static int Padded(int extent) => Math.Max(
        ResidualGenerator.LeastExtent,
        (extent + ResidualGenerator.Multiple - 1) / ResidualGenerator.Multiple * ResidualGenerator.Multiple);

    private double Plane(VolumeShape shape, ReadOnlySpan<float> acquired, Span<float> predicted, Span<float> doubt, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        Tensor host = empty([1, 1, Padded(shape.Y), Padded(shape.X)]);
        Mirror(acquired, shape, HostTensors.Samples(host));
        Tensor a = _range.ToNetwork(host.to(_device));
        cancellation.ThrowIfCancellationRequested();
        Tensor b = _forward.call(a);
        cancellation.ThrowIfCancellationRequested();
        Tensor back = _backward.call(b);
        Copy(_range.ToScaled(b), shape, predicted);
        if (doubt.Length > 0) Copy(_mask.Disagreement(a, b, _settings.LastSlope), shape, doubt);
        Tensor residual = (back - a).mul_(_range.Half).narrow(2, 0, shape.Y).narrow(3, 0, shape.X);
        return residual.to_type(ScalarType.Float64).square().sum().item<double>();
    }

    /// <summary>Mirrored at the far borders; samples that are not finite count as 0, as in training.</summary>
    private static void Mirror(ReadOnlySpan<float> from, VolumeShape shape, Span<float> to)
    {
        int height = Padded(shape.Y), width = Padded(shape.X);
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<float> row = from.Slice(CubicTaps.Mirror(y, shape.Y) * shape.X, shape.X);
            for (int x = 0; x < width; x++)
            {
                float value = row[CubicTaps.Mirror(x, shape.X)];
                to[y * width + x] = float.IsFinite(value) ? value : 0;
            }
        }
    }

    private static void Copy(Tensor from, VolumeShape shape, Span<float> to)
    {
        Tensor host = from.cpu();
        ReadOnlySpan<float> samples = HostTensors.Samples(host);
        int width = (int)host.size(3);
        for (int y = 0; y < shape.Y; y++) samples.Slice(y * width, shape.X).CopyTo(to[(y * shape.X)..]);
    }
}
