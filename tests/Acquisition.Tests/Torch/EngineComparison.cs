using System.Globalization;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Backends;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;
using Acquisition.Restoration.Training;
using Acquisition.Tests.Support;
using Acquisition.Torch;

namespace Acquisition.Tests.Torch;

/// <summary>One network in three implementations: the processor's kernels, the Torch engine, and PyTorch for Python in double precision, which
/// is right. Errors of the first two against the third, and of the first two against each other.</summary>
internal sealed class EngineComparison : IDisposable
{
    private const int Samples = 3;
    private const int Steps = 10;
    private const double LearningRate = 2e-3;

    private static readonly VolumeShape Coarse = new(4, 12, 12);

    private readonly NetworkVariant _variant;
    private readonly Factors _factors;
    private readonly NetworkLayout _layout;
    private readonly FloatVolume _volume;
    private readonly FloatVolume _weights;
    private readonly TrainingSet _set;
    private readonly Crop[] _crops;
    private readonly RestorationOracle _oracle = new();

    public EngineComparison(NetworkVariant variant, Factors factors)
    {
        (_variant, _factors, _layout) = (variant, factors, new NetworkLayout(variant, factors));
        VolumeShape crop = Coarse.Times(factors);
        // Crops lie one behind the other and are not mirrored, so that another program can cut them, too.
        _volume = Volumes.Rods(crop with { Z = crop.Z * Samples }, 3);
        _weights = Volumes.From(_volume.Shape, (z, y, x) => (z + y / 5 + x / 7) % 4 == 0 ? 0 : 1);
        _set = new(_volume, _weights, SampleRange.Of(_volume), crop, 0.25, Samples);
        _crops = [.. Enumerable.Range(0, Samples).Select(i => new Crop(i * crop.Z, 0, 0, false, false, false, false))];
        Compare();
    }

    /// <summary>Processor and Torch engine against Python, then against each other; relative to the largest sample.</summary>
    public double[] OutputErrors { get; private set; } = [];

    /// <inheritdoc cref="OutputErrors"/>
    /// <remarks>Root mean square, relative to that of the expected.</remarks>
    public double[] GradientErrors { get; private set; } = [];

    /// <inheritdoc cref="OutputErrors"/>
    /// <remarks>Of how far ten steps moved the parameters, root mean square, relative.</remarks>
    public double[] StepErrors { get; private set; } = [];

    /// <summary>Of a table: the errors in their order.</summary>
    public string Row => string.Create(CultureInfo.InvariantCulture,
        $"| {_variant} | {_factors} | {Text(OutputErrors)} | {Text(GradientErrors)} | {Text(StepErrors)} |");

    public void Dispose()
    {
        _volume.Dispose();
        _weights.Dispose();
        _oracle.Dispose();
    }

    private static string Text(double[] errors) => string.Join(" | ", errors.Select(error => error.ToString("0.0e0", CultureInfo.InvariantCulture)));

    private void Compare()
    {
        float[] start = TorchCases.Parameters(_layout, new Random(8));
        Save("parameters", start);
        using var lesson = new Lesson(_set, _factors);
        var inputs = new List<float>();
        List<float> details = [], weights = [];
        foreach (Crop crop in _crops)
        {
            lesson.Take(crop);
            inputs.AddRange(Volumes.Samples(lesson.Coarse));
            details.AddRange(Volumes.Samples(lesson.Detail));
            weights.AddRange(Volumes.Samples(lesson.Weights));
        }
        Save("inputs", [.. inputs]);
        Save("details", [.. details]);
        Save("weights", [.. weights]);
        RestorationOracle.Run(
            "training", _oracle.Folder, _variant == NetworkVariant.Public ? "public" : "paper", _factors.ToString(),
            $"{Samples},{Coarse.Z},{Coarse.Y},{Coarse.X}", $"{Steps}", LearningRate.ToString(CultureInfo.InvariantCulture),
            _set.LossScale.ToString("R", CultureInfo.InvariantCulture));

        lesson.Take(_crops[0]);
        var processor = Results(new CpuBackend(KernelSet.Default), lesson.Coarse, start);
        var torch = Results(new TorchBackend(TorchCases.Device), lesson.Coarse, start);
        float[] output = _oracle.Floats("detail")[..processor.Output.Length];
        // The detail is a small part of what is shown; errors count against the latter.
        using var cubic = new FloatVolume(_set.Crop);
        Resampling.Enlarge(lesson.Coarse, _factors, cubic);
        double largest = Volumes.Samples(cubic).Zip(output, (a, b) => Math.Abs(a + b)).Max();
        OutputErrors = Pairs(output, processor.Output, torch.Output, (a, b) => Volumes.MaxError(a, b) / largest);
        GradientErrors = Pairs(_oracle.Floats("gradient"), processor.Gradient, torch.Gradient, (a, b) => Volumes.RelativeError(a, b));
        StepErrors = Pairs(Moved(_oracle.Floats("stepped")), Moved(processor.Stepped), Moved(torch.Stepped), (a, b) => Volumes.RelativeError(a, b));

        float[] Moved(float[] parameters) => [.. parameters.Zip(start, (to, from) => to - from)];
    }

    private static double[] Pairs(float[] right, float[] processor, float[] torch, Func<float[], float[], double> error) =>
        [error(right, processor), error(right, torch), error(processor, torch)];

    private (float[] Output, float[] Gradient, float[] Stepped) Results(INetworkBackend backend, FloatVolume input, float[] start)
    {
        using INetwork network = backend.Open(_layout, Coarse.Z);
        using var detail = new FloatVolume(_set.Crop);
        network.Load(start);
        network.Enlarge(input, detail, ensemble: false, new() { Threads = 2 }, CancellationToken.None);
        using var cubic = new FloatVolume(_set.Crop);
        Resampling.Enlarge(input, _factors, cubic);
        float[] output = [.. Volumes.Samples(detail).Zip(Volumes.Samples(cubic), (all, enlarged) => all - enlarged)];

        using IBatchGradient batch = backend.OpenGradient(_layout, Coarse.Z, _set, 2, new ThreadBudget(2));
        float[] parameters = [.. start], gradient = new float[start.Length], first = [];
        var adam = new Adam(start.Length);
        for (int step = 0; step < Steps; step++)
        {
            batch.Run(_crops, parameters, gradient, CancellationToken.None);
            if (step == 0) first = [.. gradient];
            adam.Step(parameters, gradient, LearningRate);
        }
        return (output, first, parameters);
    }

    private void Save(string name, float[] samples) => File.WriteAllBytes(
        Path.Combine(_oracle.Folder, name + ".f32"), System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(samples).ToArray());
}
