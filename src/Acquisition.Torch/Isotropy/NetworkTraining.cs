using System.Collections.Immutable;
using System.Diagnostics;
using Acquisition.Core;
using Acquisition.Restoration;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Acquisition.Torch.Isotropy;

/// <summary>One network on its way.</summary>
internal sealed class NetworkTraining : IDisposable
{
    /// <summary>Keeps the gradient of a patch that is nearly right bounded.</summary>
    private const double LossFloor = 1e-6;

    /// <summary>After so many steps a network that gives nothing but 0 is drawn anew, so many times.</summary>
    private const int StepsToLive = 50;

    private const int MaxDraws = 10;
    private const int PlateauReports = 10;

    private readonly TrainingPlanes _planes;
    private readonly IsotropicOptions _options;
    private readonly ThreadBudget? _budget;
    private readonly NetworkPlan _plan;
    private readonly Device _device;
    private readonly Random _random;
    private readonly Generator _chance;
    private readonly NetworkModule _network;
    private readonly float[] _inputs;
    private readonly float[] _targets;
    private ImmutableArray<float> _start;
    private float[] _best = [];
    private double _bestDb = double.NegativeInfinity;
    private double _rate;
    private int _reportsSinceBest;

    /// <param name="budget">Threads that may work now, of those of the options; <see langword="null"/> for all of them.</param>
    /// <param name="start">Weights to go on from; default to draw them.</param>
    public NetworkTraining(TrainingPlanes planes, IsotropicOptions options, ThreadBudget? budget = null, ImmutableArray<float> start = default)
    {
        (_planes, _options, _budget, _start, _plan) = (planes, options, budget, start, NetworkPlan.Of(options.Network));
        _device = TorchDevice.Open(options.Device);
        _random = new Random(options.Seed);
        _chance = new Generator((ulong)options.Seed, _device);
        _network = new NetworkModule(_plan, options.Dropout, _chance);
        _network.to(_device);
        _inputs = new float[checked(options.Batch * options.PatchPx * options.PatchPx)];
        _targets = new float[_inputs.Length];
    }

    /// <summary>The loss of a batch, [n, 1, y, x] against the same.</summary>
    public static Tensor Loss(Tensor output, Tensor target, IsotropicLoss kind)
    {
        using var scope = NewDisposeScope();
        Tensor difference = output - target;
        Tensor loss = kind == IsotropicLoss.AbsoluteError
            ? difference.abs().mean()
            : difference.square().mean([1, 2, 3]).add(LossFloor).log10().mul(10).mean();
        return loss.MoveToOuterDisposeScope();
    }

    /// <summary>The best weights, and their PSNR on held-out planes.</summary>
    /// <param name="model">Makes a model of weights and that PSNR.</param>
    public (float[] Weights, double HeldOutDb) Run(
        Func<float[], double, IsotropicModel> model, Action<IsotropicProgress>? report, CancellationToken cancellation)
    {
        for (int draw = 0; draw < MaxDraws; draw++)
        {
            if (TryRun(model, report, cancellation)) return (_best, _bestDb);
        }
        throw new RestorationException($"{_options.Network} gave nothing but 0 after {StepsToLive} steps, {MaxDraws} times; a lower learning rate may help.");
    }

    /// <summary>Takes the weights to go on from, or draws them anew.</summary>
    /// <returns>What moves them; the caller's.</returns>
    public Adam Begin()
    {
        _network.Load(_start.IsDefault ? _plan.Draw(_random) : _start.AsSpan());
        _start = default; // of no use again where they gave nothing but 0
        return optim.Adam(_network.parameters(), _options.LearningRate);
    }

    /// <summary>One step on a batch drawn at random.</summary>
    /// <returns>The loss before it.</returns>
    public double Step(Adam adam)
    {
        TorchThreads.Use(_options.Threads, _budget);
        int pixels = _options.PatchPx * _options.PatchPx;
        for (int i = 0; i < _options.Batch; i++) _planes.Draw(_random, _inputs.AsSpan(i * pixels, pixels), _targets.AsSpan(i * pixels, pixels));
        using var scope = NewDisposeScope();
        Tensor input = HostTensors.Sections(_inputs, _options.Batch, _options.PatchPx, _options.PatchPx, _device);
        Tensor target = HostTensors.Sections(_targets, _options.Batch, _options.PatchPx, _options.PatchPx, _device);
        adam.zero_grad();
        Tensor loss = Loss(_network.call(input), target, _options.Loss);
        loss.backward();
        adam.step();
        double value = loss.item<float>();
        return double.IsFinite(value) ? value : throw new RestorationException($"The loss of {_options.Network} is {value}; a lower learning rate may help.");
    }

    public void Dispose()
    {
        _network.Dispose();
        _chance.Dispose();
    }

    /// <summary>False if the network died.</summary>
    private bool TryRun(Func<float[], double, IsotropicModel> model, Action<IsotropicProgress>? report, CancellationToken cancellation)
    {
        using Adam adam = Begin();
        (_rate, _reportsSinceBest) = (_options.LearningRate, 0);
        var clock = Stopwatch.StartNew();
        double losses = 0;
        int reported = 0;
        for (int step = 1; step <= _options.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var group in adam.ParamGroups) group.LearningRate = Rate(step);
            losses += Step(adam);
            if (step == StepsToLive && !IsAlive()) return false;
            if (step % _options.ReportEvery != 0 && step != _options.Steps) continue;
            double before = _bestDb, heldOut = Judge();
            report?.Invoke(new(
                step, _options.Steps, losses / (step - reported), heldOut, _planes.InputDb,
                clock.Elapsed, clock.Elapsed * ((double)(_options.Steps - step) / step),
                _bestDb > before ? model(_best, _bestDb) : null));
            (losses, reported) = (0, step);
        }
        return true;
    }

    private double Rate(int step) => _options.Schedule == LearningRateSchedule.Cosine
        ? _rate * (1 + Math.Cos(Math.PI * (step - 1) / _options.Steps)) / 2
        : _rate;

    /// <summary>Measures on held-out planes, and keeps the weights if they are the best so far.</summary>
    private double Judge()
    {
        double mean = 0;
        foreach (PlanePair pair in _planes.HeldOut) mean += pair.Psnr(Output(pair)) / _planes.HeldOut.Count;
        if (mean > _bestDb)
        {
            (_best, _bestDb, _reportsSinceBest) = (_network.Save(), mean, 0);
        }
        else if (++_reportsSinceBest >= PlateauReports && _options.Schedule == LearningRateSchedule.HalveOnPlateau)
        {
            _rate /= 2;
            _reportsSinceBest = 0;
        }
        return mean;
    }

    private bool IsAlive() => _planes.HeldOut.Exists(pair => Array.Exists(Output(pair), sample => sample != 0));

    private float[] Output(PlanePair pair)
    {
        _network.eval();
        float[] output = _network.Restore(pair, _device);
        _network.train();
        return output;
    }
}
