using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Restoration;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Acquisition.Torch.Adversarial.DualHrgan;

/// <summary>Trains 3D-dualHRGAN: before each step of the generators its critics take theirs, and what is moved is not what is held fixed.</summary>
internal sealed class DualHrganTraining : AdversarialTraining
{
    /// <summary>What the generators' rate falls to where it falls.</summary>
    private const double CooledShare = 0.05;

    /// <summary>What that of the generator of coarse volumes falls to while it learns alone. At its full rate it goes round and round what its critic wants.</summary>
    private const double LearnedShare = 0.2;

    /// <summary>Blocks with less than this share of voxels above a tenth of the scale are mostly drawn again.</summary>
    private const double LeastShare = 0.005;

    private const double Background = 0.1;

    private readonly DualHrganSettings _settings;
    private readonly int _degradationSteps;
    private readonly LibraryCard _input;
    private readonly LibraryCard _target;
    private readonly Device _device;
    private readonly PatchSampler _coarse;
    private readonly PatchSampler _fine;
    private readonly DetectorNoise? _noise;
    private readonly MeasuredBlur? _blur;
    private readonly DualHrganJudge _judge;
    private readonly FineGenerator _restore;
    private readonly CoarseGenerator _degrade;
    private readonly PatchCritic _fineCritic;
    private readonly PatchCritic _coarseCritic;
    private readonly RMSProp _fineCriticMoves;
    private readonly RMSProp _coarseCriticMoves;
    private readonly Adam _restoreMoves;
    private readonly Adam _degradeMoves;

    public DualHrganTraining(ImageLibrary input, ImageLibrary target, TrainingOptions options)
        : this(input, target, options, DualHrganSettings.Of(options.Preset).With(options.Overrides))
    {
    }

    internal DualHrganTraining(ImageLibrary input, ImageLibrary target, TrainingOptions options, DualHrganSettings settings) : base(options)
    {
        (_settings, _input, _target) = (settings, input.Card, target.Card);
        Steps = options.Steps ?? settings.Steps;
        _degradationSteps = (int)(settings.DegradationShare * Steps);
        var (coarse, judgedCoarse) = HeldOut.Part(input.Images, options.HeldOutShare);
        var (fine, judgedFine) = HeldOut.Part(target.Images, options.HeldOutShare);
        int edge = settings.BlockEdge, fineEdge = edge * FineGrid.Finer;
        _coarse = new PatchSampler(coarse, _input.Scale, new VolumeShape(edge, edge, edge));
        _fine = new PatchSampler(fine, _target.Scale, new VolumeShape(fineEdge, fineEdge, fineEdge));
        if (2 * settings.Margin >= edge) throw new RestorationException($"Blocks of {edge} voxels have nothing left without margins of {settings.Margin}.");
        _device = TorchDevice.Open(options.Device);
        bool measuresBlur = settings.BlurWeight > 0;
        DetectorNoise noise = settings.DetectsNoise || measuresBlur ? DetectorNoise.Of(coarse, _input.Scale) : default;
        _noise = settings.DetectsNoise ? noise : null;
        TorchThreads.Use(options.Threads);
        _blur = measuresBlur ? BlurMeasurement.Of(coarse, _input.Scale, fine, _target.Scale, noise) : null;
        _judge = new DualHrganJudge(judgedCoarse, judgedFine, _input.Scale, _target.Scale, light => Detected(light, new Random(Options.Seed)), _device);
        _restore = new FineGenerator(settings);
        _degrade = new CoarseGenerator(settings);
        _fineCritic = PatchCritic.Fine(settings);
        _coarseCritic = PatchCritic.Coarse(settings);
        Draw();
        foreach (var (_, network) in Networks) network.to(_device);
        _fineCriticMoves = optim.RMSProp(_fineCritic.parameters(), settings.CriticRate, alpha: 0.9);
        _coarseCriticMoves = optim.RMSProp(_coarseCritic.parameters(), settings.CriticRate, alpha: 0.9);
        _restoreMoves = optim.Adam(_restore.parameters(), settings.GeneratorRate, beta1: 0.5, beta2: 0.9);
        _degradeMoves = optim.Adam(_degrade.parameters(), settings.DegradationRate, beta1: 0.5, beta2: 0.9);
    }

    public override int Steps { get; }

    protected override IEnumerable<(string Name, nn.Module Network)> Networks =>
        [(DualHrganNetworks.Generator, _restore), (DualHrganNetworks.Degradation, _degrade), ("fine_critic", _fineCritic), ("coarse_critic", _coarseCritic)];

    protected override IEnumerable<OptimizerHelper> Optimizers => [_fineCriticMoves, _coarseCriticMoves, _restoreMoves, _degradeMoves];

    public override OfflineModel Model(ImmutableArray<(string Name, double Value)> scores)
    {
        SafeTensor[] tensors = [.. NetworkState.Of(DualHrganNetworks.Generator, _restore), .. NetworkState.Of(DualHrganNetworks.Degradation, _degrade)];
        var card = new ModelCard
        {
            Method = ModelNames.DualHrgan,
            Preset = Options.Preset,
            Steps = Step,
            Seed = Options.Seed,
            Input = _input,
            Target = _target,
            Settings = _settings.ToCard().AddRange(_blur is null ? [] : _blur.ByName()),
            Scores = scores.ToImmutableSortedDictionary(score => score.Name, score => score.Value, StringComparer.Ordinal),
        };
        return new OfflineModel(card, tensors.ToImmutableSortedDictionary(tensor => tensor.Name, tensor => tensor, StringComparer.Ordinal));
    }

    /// <summary>Rates of the generators where they fall: G's along half a cosine from the first step together to the last; F's along one while it learns alone, and along another after.</summary>
    /// <param name="passed">Share of the steps alone, or of those together, that are over.</param>
    internal static (double Restore, double Degrade) Cooled(DualHrganSettings settings, bool isAlone, double passed)
    {
        double cosine = (1 + Math.Cos(Math.PI * passed)) / 2;
        return (Fallen(settings.GeneratorRate, 1, CooledShare), isAlone ? Fallen(settings.DegradationRate, 1, LearnedShare) : Fallen(settings.DegradationRate, LearnedShare, CooledShare));

        double Fallen(double rate, double from, double to) => rate * (to + (from - to) * cosine);
    }

    /// <summary>A step of what learns now. What does not is told as 0.</summary>
    protected override ImmutableArray<(string Name, double Value)> Learn(Random chance)
    {
        bool isAlone = Step <= _degradationSteps;
        double passed = isAlone ? (double)Step / (_degradationSteps + 1) : (Step - _degradationSteps - 1.0) / (Steps - _degradationSteps);
        double share = isAlone ? 1 : _settings.ConsistencyShare;
        double consistency = share > 0 ? _settings.ConsistencyWeight * Math.Max(0, 1 - passed / share) : 0;
        if (_settings.Cools) Cool(Cooled(_settings, isAlone, passed));

        (double Distance, double Penalty) fine = default, coarse = default;
        for (int i = 0; i < (isAlone ? 0 : _settings.FineCriticSteps); i++) fine = CriticiseFine(chance);
        for (int i = 0; i < (isAlone ? _settings.DegradationCriticSteps : _settings.CoarseCriticSteps); i++) coarse = CriticiseCoarse(chance);
        for (int i = 0; i < (isAlone ? 0 : _settings.CycleSteps); i++) RoundTrip(chance);
        var generators = isAlone ? LearnAlone(consistency, chance) : LearnTogether(consistency, chance);
        return
        [
            ("total", generators.Total),
            ("fine_cycle", generators.FineCycle),
            ("coarse_cycle", generators.CoarseCycle),
            ("agreement", generators.Agreement),
            ("fine_distance", fine.Distance),
            ("coarse_distance", coarse.Distance),
            ("fine_penalty", fine.Penalty),
            ("coarse_penalty", coarse.Penalty),
        ];
    }

    protected override ImmutableArray<(string Name, double Value)> Score() => _judge.Score(_restore, _degrade);

    protected override ImmutableArray<ImmutableArray<PreviewImage>> Show() => _judge.Show(_restore, _degrade);

    private (double Distance, double Penalty) CriticiseFine(Random chance)
    {
        using var scope = NewDisposeScope();
        Tensor l = Blocks(_coarse, _settings.Batch, chance), h = Inside(Blocks(_fine, _settings.Batch, chance), FineGrid.Finer);
        return Criticise(_fineCritic, _fineCriticMoves, Inside(Frozen(_restore, l), FineGrid.Finer), h, chance);
    }

    private (double Distance, double Penalty) CriticiseCoarse(Random chance)
    {
        using var scope = NewDisposeScope();
        Tensor l = Inside(Blocks(_coarse, _settings.CoarseBatch, chance), 1), h = Blocks(_fine, _settings.CoarseBatch, chance);
        return Criticise(_coarseCritic, _coarseCriticMoves, Detected(Inside(Frozen(_degrade, h), 1), chance), l, chance);
    }

    /// <summary>A step of G alone.</summary>
    private void RoundTrip(Random chance)
    {
        using var scope = NewDisposeScope();
        Tensor h = Blocks(_fine, _settings.Batch, chance);
        Move(_settings.CycleWeight * Losses.FineCycle(_restore, Detected(Frozen(_degrade, h), chance), h, _settings), _restoreMoves);
    }

    /// <summary>A step of F alone.</summary>
    private (double Total, double FineCycle, double CoarseCycle, double Agreement) LearnAlone(double consistency, Random chance)
    {
        Tensor fine = Blocks(_fine, _settings.CoarseBatch, chance);
        var losses = Losses.Degradation(_degrade, _coarseCritic, fine, _settings, consistency, light => Detected(light, chance), _blur);
        Move(losses.Total, _degradeMoves);
        return (losses.Total.item<float>(), 0, 0, losses.Agreement.item<float>());
    }

    private (double Total, double FineCycle, double CoarseCycle, double Agreement) LearnTogether(double consistency, Random chance)
    {
        Tensor coarse = Blocks(_coarse, _settings.Batch, chance), fine = Blocks(_fine, Math.Max(_settings.Batch, _settings.CoarseBatch), chance);
        GeneratorLosses losses = Losses.Generators(_restore, _degrade, _fineCritic, _coarseCritic, coarse, fine, _settings, consistency, light => Detected(light, chance), _blur);
        Move(losses);
        return (losses.Total.item<float>(), losses.FineCycle.item<float>(), losses.CoarseCycle.item<float>(), losses.Agreement.item<float>());
    }

    /// <summary>A critic's step.</summary>
    /// <returns>How far apart it finds fakes and reals, and the penalty on its slope.</returns>
    private (double Distance, double Penalty) Criticise(PatchCritic critic, RMSProp moves, Tensor fake, Tensor real, Random chance)
    {
        Tensor share = tensor([.. Enumerable.Range(0, (int)real.shape[0]).Select(_ => chance.NextSingle())]).reshape(-1, 1, 1, 1, 1).to(_device);
        Tensor difference = Losses.Difference(critic, fake, real), penalty = Losses.Penalty(critic, Losses.Between(fake, real, share));
        moves.zero_grad();
        (difference + _settings.PenaltyWeight * penalty).backward();
        moves.step();
        return (-difference.item<float>(), penalty.item<float>());
    }

    /// <summary>What the detector of coarse volumes makes of light.</summary>
    private Tensor Detected(Tensor light, Random chance)
    {
        if (_noise is not { } noise) return light;
        using var drawn = new Generator((ulong)chance.NextInt64());
        return noise.On(light, randn(light.shape, generator: drawn).to(_device));
    }

    private Tensor Inside(Tensor blocks, int finer) => FineGrid.Inside(blocks, _settings.Margin * finer).contiguous();

    private static Tensor Frozen(nn.Module<Tensor, Tensor> generator, Tensor input)
    {
        using IDisposable frozen = no_grad();
        return generator.call(input);
    }

    /// <summary>Blocks of places that have nothing to do with any others.</summary>
    private Tensor Blocks(PatchSampler sampler, int batch, Random chance)
    {
        VolumeShape patch = sampler.Patch;
        Tensor host = empty([batch, 1, patch.Z, patch.Y, patch.X]);
        for (int i = 0; i < batch; i++)
            sampler.Cut(sampler.Draw(chance, LeastShare, Background), HostTensors.Samples(host).Slice(i * (int)patch.Voxels, (int)patch.Voxels));
        return host.to(_device);
    }

    private void Move(GeneratorLosses losses)
    {
        if (_settings.FineCycleMovesDegradation)
        {
            Move(losses.Total, _restoreMoves, _degradeMoves);
            return;
        }

        _restoreMoves.zero_grad();
        _degradeMoves.zero_grad();
        losses.Total.backward(retain_graph: true, inputs: [.. _restoreMoves.parameters()]);
        losses.Degradation.backward(inputs: [.. _degradeMoves.parameters()]);
        _restoreMoves.step();
        _degradeMoves.step();
    }

    /// <summary>Moves weights of generators; critics gather no gradients meanwhile.</summary>
    private static void Move(Tensor loss, params Adam[] moves)
    {
        foreach (Adam one in moves) one.zero_grad();
        loss.backward(inputs: [.. moves.SelectMany(one => one.parameters())]);
        foreach (Adam one in moves) one.step();
    }

    private void Cool((double Restore, double Degrade) rates)
    {
        SetRate(_restoreMoves, rates.Restore);
        SetRate(_degradeMoves, rates.Degrade);
    }

    private static void SetRate(Adam moves, double rate)
    {
        foreach (var group in moves.ParamGroups) group.LearningRate = rate;
    }

    private void Draw()
    {
        using var chance = new Generator((ulong)Options.Seed);
        _restore.Draw(chance);
        _degrade.Draw(chance);
        _fineCritic.Draw(chance);
        _coarseCritic.Draw(chance);
        if (Options.Start is not OfflineModel start) return;
        DualHrganNetworks.RequireMethod(start);
        NetworkState.Load(start, DualHrganNetworks.Generator, _restore);
        NetworkState.Load(start, DualHrganNetworks.Degradation, _degrade);
    }
}
