using System.Globalization;
using Acquisition.Core;
using Acquisition.Restoration;
using TorchSharp;
using static TorchSharp.torch;

namespace Acquisition.Torch.Adversarial.CrossModality;

/// <summary>Runs a trained generator over planes.</summary>
internal sealed class CrossModalityPredictor : Predictor
{
    private readonly PredictorOptions _options;
    private readonly UNetGenerator _generator;
    private readonly PlanePrediction _prediction;

    /// <exception cref="DataFormatException">The model's card or tensors are not such a network's.</exception>
    public CrossModalityPredictor(OfflineModel model, PredictorOptions options)
    {
        _options = options;
        if (!model.Card.Settings.TryGetValue(CrossModalitySettings.ChannelsKey, out string? text)
            || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int channels) || channels is < 2 or > 1024)
            throw new DataFormatException($"The model's card says '{CrossModalitySettings.ChannelsKey}' is '{text}'; a number from 2 to 1024 is expected.");
        Device device = TorchDevice.Open(options.Device);
        _generator = new UNetGenerator(channels);
        try
        {
            NetworkState.Load(model, CrossModalityTraining.GeneratorKey, _generator);
            _generator.to(device);
            _generator.eval();
        }
        catch
        {
            _generator.Dispose();
            throw;
        }

        _prediction = new PlanePrediction(_generator, device, options.MemoryBudgetBytes);
    }

    /// <remarks>Both scales run from background to brightest, so the residual is acquired − predicted, sample by sample: the grids are one, and only an
    /// image-forming model of both microscopes, which nobody gave, could bring the prediction back any better.</remarks>
    public override double Predict(FloatVolume acquired, FloatVolume predicted, FloatVolume? doubt, CancellationToken cancellation)
    {
        if (acquired.Shape != predicted.Shape)
            throw new ArgumentException($"The result has {predicted.Shape} samples (z, y, x); {acquired.Shape} are predicted.", nameof(predicted));
        return DeviceException.Final($"libtorch on {_options.Device}", "Close other programs, or set restoration.activation_budget_mib to less.", () =>
        {
            TorchThreads.Use(_options.Threads);
            double residual = 0;
            for (int z = 0; z < acquired.Shape.Z; z++)
            {
                Span<float> before = acquired.Plane(z), after = predicted.Plane(z);
                _prediction.Run(before, acquired.Shape.Y, acquired.Shape.X, after, cancellation);
                for (int i = 0; i < before.Length; i++)
                {
                    double difference = float.IsFinite(before[i]) ? before[i] - after[i] : 0;
                    residual += difference * difference;
                }
            }

            return residual;
        });
    }

    public override long BytesNeeded(VolumeShape acquired) =>
        PlanePrediction.BytesNeeded(acquired.Y, acquired.X, _generator.Channels, _options.MemoryBudgetBytes);

    protected override void Dispose(bool disposing)
    {
        if (disposing) _generator.Dispose();
    }
}
