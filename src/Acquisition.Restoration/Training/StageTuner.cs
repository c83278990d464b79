using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Restoration.Backends;
using Acquisition.Restoration.Network;

namespace Acquisition.Restoration.Training;

/// <summary>Tunes one network on one volume: crops are shrunk, and the network learns to undo it.</summary>
/// <remarks>He et al. 2023, with the deviations its public code makes necessary: the network adds to cubic interpolation, nothing is
/// clamped during training, and it is judged in the way it is used (the whole volume shrunk, restored and projected back) on blocks
/// that the loss never saw. Which of the weights passed on the way are kept, and how much their detail counts, is up to
/// <see cref="ScaleTransfer"/>: the shrunk volume alone prefers weights that have learned it by heart.</remarks>
internal sealed class StageTuner : IDisposable
{
    /// <summary>Steps between two judgements.</summary>
    private const int JudgeEvery = 100;

    /// <summary>Steps between two reports.</summary>
    private const int ReportEvery = 10;

    /// <summary>What a step leaves of the running average of the weights. They jump about their mean, those of the paper's small
    /// network more widely.</summary>
    private const double PaperDecay = 0.99;

    private const double PublicDecay = 0.9;

    /// <summary>Most crops a step, however small the crops are.</summary>
    private const int MaxCrops = 64;

    private readonly FloatVolume _acquired;
    private readonly FloatVolume _volume;
    private readonly NetworkLayout _layout;
    private readonly float _floor;
    private readonly RestorationOptions _options;
    private readonly ThreadBudget _budget;
    private readonly HeldOutBlocks _heldOut;
    private readonly FloatVolume _coarse;
    private readonly FloatVolume _restored;
    private readonly INetworkBackend _backend;
    private readonly INetwork _network;
    private readonly SampleRange _range;
    private readonly Random _random;

    public StageTuner(
        FloatVolume volume, NetworkLayout layout, float floor, RestorationOptions options, ThreadBudget budget, INetworkBackend backend)
    {
        (_acquired, _layout, _floor, _options, _budget, _backend) = (volume, layout, floor, options, budget, backend);
        // Shrunk and enlarged again, only a multiple of the factors keeps its extent.
        _volume = volume = TrimmedToMultiple(volume, layout.Factors);
        _random = new Random(options.Seed);
        _range = SampleRange.Of(volume);
        _heldOut = new HeldOutBlocks(volume, _random);
        _coarse = new FloatVolume(Resampling.ShrunkShape(volume.Shape, layout.Factors));
        _restored = new FloatVolume(volume.Shape);
        _network = backend.Open(layout, options.CropPlanes);
    }

    /// <summary>What the loss does not see.</summary>
    internal HeldOutBlocks HeldOut => _heldOut;

    /// <summary>The options, with as many threads as may work now.</summary>
    private RestorationOptions Now => _options with { Threads = Math.Min(_options.Threads, _budget.Threads) };

    /// <param name="start">Stored weights to go on from; <see langword="null"/> to begin anew.</param>
    public StageOutcome Run(ImmutableArray<float>? start, Action<StageReport> report, CancellationToken cancellation)
    {
        Resampling.Shrink(_volume, _layout.Factors, _coarse, Now.Threads, cancellation);
        _range.Clamp(_coarse);
        Resampling.Enlarge(_coarse, _layout.Factors, _restored, Now.Threads, cancellation);
        double cubic = _heldOut.Psnr(_restored, _volume);
        double projected = ProjectAndJudge(cancellation);

        var sampler = new CropSampler(_volume, _layout.Factors, _options, _random);
        float[] parameters = start is { } given ? [.. given] : Initialisation.Draw(_layout, sampler.Shape.Z / _layout.Factors.Z, _random);
        float[] best = [.. parameters], average = [.. parameters], gradient = new float[parameters.Length];
        double bestCorrelation = double.NegativeInfinity;
        double? lastDb = null;
        var adam = new Adam(parameters.Length);
        var crops = new Crop[CropsPerStep(sampler.Shape)];
        using var transfer = new ScaleTransfer(_acquired, _layout.Factors, Now, cancellation);
        var set = new TrainingSet(_volume, _heldOut.TrainingWeights, _range, sampler.Shape, sampler.MeanSquare, crops.Length);
        using IBatchGradient batch = _backend.OpenGradient(_layout, _options.CropPlanes, set, _options.Threads, _budget);

        for (int step = 1; step <= _options.Steps; step++)
        {
            for (int i = 0; i < crops.Length; i++) crops[i] = sampler.Next();
            double loss = batch.Run(crops, parameters, gradient, cancellation);
            adam.Step(parameters, gradient, LearningRate(step));
            Average(parameters, step, average);
            float[]? better = null;
            if (step % JudgeEvery == 0 || step == _options.Steps)
            {
                lastDb = Judge(average, ensemble: false, cancellation);
                // Before, the learning rate is so high that which snapshot is better is up to the last few crops.
                if (2 * step >= _options.Steps)
                {
                    (double correlation, double snapshotGain) = transfer.Judge(_network, cancellation);
                    if (correlation > bestCorrelation)
                    {
                        bestCorrelation = correlation;
                        average.CopyTo(best, 0);
                        if (snapshotGain > 0)
                        {
                            better = [.. average];
                            ScaleTransfer.Apply(_layout, better, snapshotGain);
                        }
                    }
                }
            }
            if (step % ReportEvery == 0 || step == _options.Steps) report(new(step, loss, lastDb, cubic, projected, better));
        }
        // Judged as trained: the gain is that of the acquired grid, and the held-out blocks are an octave coarser.
        double heldOut = Judge(best, _options.Ensemble, cancellation);
        double gain = transfer.Gain(_network, _options.Ensemble, cancellation);
        ScaleTransfer.Apply(_layout, best, gain);
        return new(best, gain, heldOut, cubic, projected);
    }

    public void Dispose()
    {
        if (_volume != _acquired) _volume.Dispose();
        _heldOut.Dispose();
        _coarse.Dispose();
        _restored.Dispose();
        _network.Dispose();
    }

    private static FloatVolume TrimmedToMultiple(FloatVolume volume, Factors factors)
    {
        VolumeShape all = volume.Shape;
        var trimmed = new VolumeShape(all.Z / factors.Z * factors.Z, all.Y / factors.Y * factors.Y, all.X / factors.X * factors.X);
        if (trimmed == all) return volume;
        var copy = new FloatVolume(trimmed);
        new Crop(0, 0, 0, false, false, false, false).Read(volume, copy);
        return copy;
    }

    /// <summary>As many as the options say, more where the volume is too small for crops of full size: a step sees as many voxels.</summary>
    private int CropsPerStep(VolumeShape crop)
    {
        long full = (long)_options.CropPlanes * _layout.Factors.Z * _options.CropEdgePx * _options.CropEdgePx * _options.BatchSize;
        return Math.Max(_options.BatchSize, (int)Math.Min(MaxCrops, full / crop.Voxels));
    }

    /// <summary>Falls to zero along half a cosine wave (Loshchilov and Hutter 2017, eq. 5, one period).</summary>
    private double LearningRate(int step) =>
        _options.LearningRate * (1 + Math.Cos(Math.PI * (step - 1) / _options.Steps)) / 2;

    /// <summary>Moves the running average of the weights by one step.</summary>
    private void Average(ReadOnlySpan<float> parameters, int step, Span<float> average)
    {
        double decay = _options.Variant == NetworkVariant.Paper ? PaperDecay : PublicDecay;
        // The first steps are forgotten faster, so that the average does not drag the start along.
        float share = (float)Math.Max(1 - decay, 9.0 / (9 + step));
        for (int i = 0; i < average.Length; i++) average[i] += share * (parameters[i] - average[i]);
    }

    private double Judge(float[] parameters, bool ensemble, CancellationToken cancellation)
    {
        _network.Load(parameters);
        _network.Enlarge(_coarse, _restored, ensemble, Now, cancellation);
        return ProjectAndJudge(cancellation);
    }

    private double ProjectAndJudge(CancellationToken cancellation)
    {
        BackProjection.Refine(
            _coarse, _restored, _layout.Factors, _options.BackProjections, _floor, Now.Threads, cancellation);
        return _heldOut.Psnr(_restored, _volume);
    }
}
