using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Restoration;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Acquisition.Torch.Adversarial.CrossModality;

/// <summary>A generator and a discriminator on their way, one step of each in turn.</summary>
internal sealed class CrossModalityTraining : AdversarialTraining
{
    /// <summary>Name of the generator in a model's tensors.</summary>
    public const string GeneratorKey = "generator";

    private const int Shown = 4;

    private readonly CrossModalitySettings _settings;
    private readonly LibraryCard _inputCard;
    private readonly LibraryCard _targetCard;
    private readonly ImmutableSortedDictionary<string, string> _preparation;
    private readonly PlanePairs _pairs;
    private readonly Device _device;
    private readonly UNetGenerator _generator;
    private readonly Discriminator _discriminator;
    private readonly Adam _moveGenerator;
    private readonly Adam _moveDiscriminator;
    private readonly TermWeights _weights;
    private readonly GradientLimit _generatorLimit = new();
    private readonly GradientLimit _discriminatorLimit = new();

    /// <exception cref="RestorationException">The libraries are no pairs, or too small, or the weights to go on from are of other networks.</exception>
    public CrossModalityTraining(ImageLibrary input, ImageLibrary target, TrainingOptions options, CrossModalitySettings settings) : base(options)
    {
        (_settings, _inputCard, _targetCard, _preparation, _weights) = (settings, input.Card, target.Card, target.Preparation, new TermWeights(settings));
        _pairs = new PlanePairs(input, target, options.HeldOutShare, settings.PatchPx);
        _device = TorchDevice.Open(options.Device);
        (_generator, _discriminator) = (new UNetGenerator(settings.GeneratorChannels), new Discriminator(settings.DiscriminatorChannels));
        var random = new Random(options.Seed);
        Initialisation.Draw(_generator, settings.WeightDraw, random);
        Initialisation.Draw(_discriminator, settings.WeightDraw, random);
        if (options.Start is OfflineModel start) GoOnFrom(start);
        _generator.to(_device);
        _discriminator.to(_device);
        _moveGenerator = optim.Adam(_generator.parameters(), settings.GeneratorRate, settings.GeneratorBeta1, settings.GeneratorBeta2);
        _moveDiscriminator = optim.Adam(_discriminator.parameters(), settings.DiscriminatorRate, beta1: 0.5, beta2: 0.999);
    }

    public override int Steps => Options.Steps ?? _settings.Steps;

    internal UNetGenerator Generator => _generator;

    internal Discriminator Discriminator => _discriminator;

    internal TermWeights Weights => _weights;

    protected override IEnumerable<(string Name, nn.Module Network)> Networks => [(GeneratorKey, _generator), ("discriminator", _discriminator)];

    protected override IEnumerable<OptimizerHelper> Optimizers => [_moveGenerator, _moveDiscriminator];

    public override OfflineModel Model(ImmutableArray<(string Name, double Value)> scores) => new(
        new ModelCard
        {
            Method = ModelNames.CrossModality,
            Preset = Options.Preset,
            Steps = Step,
            Seed = Options.Seed,
            Input = _inputCard,
            Target = _targetCard,
            Settings = _settings.ByName().AddRange(_preparation),
            Scores = scores.ToImmutableSortedDictionary(score => score.Name, score => score.Value, StringComparer.Ordinal),
        },
        NetworkState.Of(GeneratorKey, _generator).ToImmutableSortedDictionary(tensor => tensor.Name, tensor => tensor, StringComparer.Ordinal));

    /// <summary>One step on a batch: first the discriminator's, if it has begun, then the generator's.</summary>
    /// <param name="step">From 1.</param>
    /// <returns>The terms, not weighted; the adversary's are 0 as long as there is none.</returns>
    internal ImmutableArray<(string Name, double Value)> Move(int step, Tensor input, Tensor target)
    {
        double fall = _settings.RateFall == RateFall.Cosine ? (1 + Math.Cos(Math.PI * (step - 1) / Steps)) / 2 : 1;
        Tensor predicted = _generator.call(input);
        double told = 0;
        Tensor? fooling = null;
        if (step > _settings.PretrainingSteps)
        {
            Tensor telling = LossTerms.Telling(_discriminator.call(target), _discriminator.call(predicted.detach()));
            Go(_moveDiscriminator, _discriminatorLimit, telling, _settings.DiscriminatorRate * fall);
            told = telling.item<float>();
            _discriminator.Learns(false);
            fooling = LossTerms.Fooling(_discriminator.call(predicted));
            _discriminator.Learns(true);
        }

        Tensor square = LossTerms.SquareError(predicted, target), dissimilarity = LossTerms.Dissimilarity(predicted, target);
        double squareError = square.item<float>(), unlike = dissimilarity.item<float>();
        double? fooled = fooling?.item<float>();
        _weights.Follow(step, fooled, squareError, unlike);
        Tensor loss = square * _weights.SquareError + dissimilarity * _weights.Dissimilarity;
        if (fooling is not null) loss += fooling * _weights.Adversarial;
        Go(_moveGenerator, _generatorLimit, loss, _settings.GeneratorRate * fall);
        return [("adversarial", fooled ?? 0), ("square_error", squareError), ("dissimilarity", unlike), ("discriminator", told)];
    }

    protected override ImmutableArray<(string Name, double Value)> Learn(Random chance)
    {
        var (input, target) = _pairs.Draw(chance, _settings.Batch, _device);
        return Move(Step, input, target);
    }

    /// <remarks>PSNR comes first: it is the score that an invented or a missed structure costs most. Structural similarity would rather follow the noise
    /// of empty background, which no prediction can.</remarks>
    protected override ImmutableArray<(string Name, double Value)> Score()
    {
        double square = 0, inputSquare = 0, similarity = 0, inputSimilarity = 0;
        foreach (PlanePair pair in _pairs.Judged)
        {
            using var scope = NewDisposeScope();
            Tensor target = Section(pair.Target), restored = Section(Restored(pair.Input)), input = Section(pair.Input);
            square += LossTerms.SquareError(restored, target).item<float>();
            inputSquare += LossTerms.SquareError(input, target).item<float>();
            if (Math.Min(pair.Target.Height, pair.Target.Width) < LossTerms.WindowPx) continue;
            similarity += LossTerms.Similarity(restored, target).item<float>();
            inputSimilarity += LossTerms.Similarity(input, target).item<float>();
        }

        int count = _pairs.Judged.Length;
        return [("psnr_db", Psnr(square / count)), ("ssim", similarity / count), ("input_psnr_db", Psnr(inputSquare / count)), ("input_ssim", inputSimilarity / count)];
    }

    protected override ImmutableArray<ImmutableArray<PreviewImage>> Show() =>
    [
        .. _pairs.Judged.Take(Shown).Select(pair => ImmutableArray.Create(
            Preview("input", pair.Input), Preview("restored", Restored(pair.Input)), Preview("target", pair.Target))),
    ];

    protected override void SaveMore(BinaryWriter writer)
    {
        _weights.Save(writer);
        _generatorLimit.Save(writer);
        _discriminatorLimit.Save(writer);
    }

    protected override void LoadMore(BinaryReader reader)
    {
        _weights.Load(reader);
        _generatorLimit.Load(reader);
        _discriminatorLimit.Load(reader);
    }

    private static void Go(Adam adam, GradientLimit limit, Tensor loss, double rate)
    {
        foreach (var group in adam.ParamGroups) group.LearningRate = rate;
        adam.zero_grad();
        loss.backward();
        limit.Apply(adam.parameters());
        adam.step();
    }

    private static double Psnr(double meanSquareError) => -10 * Math.Log10(Math.Max(meanSquareError, 1e-10));

    private static PreviewImage Preview(string name, PlaneSamples plane) => new(name, plane.Height, plane.Width, plane.Samples);

    private static Tensor Section(PlaneSamples plane) => HostTensors.Sections(plane.Samples, 1, plane.Height, plane.Width, CPU);

    private PlaneSamples Restored(PlaneSamples input)
    {
        var samples = new float[input.Samples.Length];
        new PlanePrediction(_generator, _device, long.MaxValue).Run(input.Samples, input.Height, input.Width, samples, CancellationToken.None);
        return input with { Samples = samples };
    }

    private void GoOnFrom(OfflineModel start)
    {
        if (start.Method != ModelNames.CrossModality)
            throw new RestorationException($"The weights to go on from are of {start.Method}; this trains {ModelNames.CrossModality}.");
        try
        {
            NetworkState.Load(start, GeneratorKey, _generator);
        }
        catch (DataFormatException fault)
        {
            throw new RestorationException($"The weights to go on from are of the preset {start.Card.Preset} and not of {Options.Preset}: {fault.Message}", fault);
        }
    }
}
