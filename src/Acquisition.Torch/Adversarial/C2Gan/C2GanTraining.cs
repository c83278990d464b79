using System.Collections.Immutable;
using System.Globalization;
using Acquisition.Restoration;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Acquisition.Torch.Adversarial.C2Gan;

/// <summary>c2GAN, or UTOM, on its way (Li et al. 2021): two generators between unpaired kinds of images, two discriminators, and a term that
/// keeps content content and background background.</summary>
internal sealed class C2GanTraining : AdversarialTraining
{
    private const string InputThreshold = "content_threshold_input";
    private const string TargetThreshold = "content_threshold_target";
    private const double Beta1 = 0.5;
    private const double Beta2 = 0.999;

    private readonly C2GanSettings _settings;
    private readonly (LibraryCard Input, LibraryCard Target) _cards;
    private readonly ContentThresholds _thresholds;
    private readonly TanhRange _range;
    private readonly ContentMask _mask;
    private readonly Device _device;
    private readonly PlaneSource _inputs;
    private readonly PlaneSource _targets;
    private readonly C2GanNetworks _networks;
    private readonly ImmutableArray<Adam> _optimizers;
    private readonly ImagePool _fakesA;
    private readonly ImagePool _fakesB;

    /// <exception cref="Core.RestorationException">The libraries are too small, or the model to start from is not one of these.</exception>
    public C2GanTraining(ImageLibrary input, ImageLibrary target, TrainingOptions options, C2GanSettings settings) : base(options)
    {
        _settings = settings with { Steps = options.Steps ?? settings.Steps };
        _cards = (input.Card, target.Card);
        _device = TorchDevice.Open(options.Device);
        _inputs = new PlaneSource(input, options.HeldOutShare, settings.PatchPx, _device);
        _targets = new PlaneSource(target, options.HeldOutShare, settings.PatchPx, _device);
        _range = new TanhRange(settings.Lowest, settings.Highest);
        _thresholds = ContentThresholds.Of(input, target, settings.Lowest, settings.Highest);
        _mask = new ContentMask(_range.ToNetwork(_thresholds.Input), _range.ToNetwork(_thresholds.Target));
        (_fakesA, _fakesB) = (new(settings.PoolImages), new(settings.PoolImages));
        using (var chance = new Generator((ulong)options.Seed)) _networks = new C2GanNetworks(settings, chance);
        if (options.Start is { } start) _networks.Load(start);
        foreach (var (_, network) in _networks.All) network.to(_device);
        _optimizers = [.. _networks.All.Select(part => optim.Adam(part.Network.parameters(), settings.LearningRate, Beta1, Beta2))];
    }

    public override int Steps => _settings.Steps;

    protected override IEnumerable<(string Name, nn.Module Network)> Networks => _networks.All;

    protected override IEnumerable<OptimizerHelper> Optimizers => _optimizers;

    public static (ContentThresholds Thresholds, C2GanSettings Settings) Read(ModelCard card)
    {
        return (new(Number(InputThreshold), Number(TargetThreshold)), C2GanSettings.Of(card));

        double Number(string name) => card.Settings.TryGetValue(name, out string? text) && double.TryParse(text, CultureInfo.InvariantCulture, out double value)
            ? value
            : throw new Core.DataFormatException($"The model's card does not say '{name}'.");
    }

    public override OfflineModel Model(ImmutableArray<(string Name, double Value)> scores) => new(
        new ModelCard
        {
            Method = ModelNames.C2Gan,
            Preset = Options.Preset,
            Steps = Step,
            Seed = Options.Seed,
            Input = _cards.Input,
            Target = _cards.Target,
            Settings = _settings.ByName()
                .SetItem(InputThreshold, _thresholds.Input.ToString("R", CultureInfo.InvariantCulture))
                .SetItem(TargetThreshold, _thresholds.Target.ToString("R", CultureInfo.InvariantCulture)),
            Scores = scores.ToImmutableSortedDictionary(score => score.Name, score => score.Value, StringComparer.Ordinal),
        },
        _networks.Save());

    /// <summary>One step of both generators, and one of both discriminators on what these made.</summary>
    protected override ImmutableArray<(string Name, double Value)> Learn(Random chance)
    {
        foreach (Adam optimizer in _optimizers)
        {
            foreach (var group in optimizer.ParamGroups) group.LearningRate = _settings.RateAt(Step);
            optimizer.zero_grad();
        }

        C2GanPair pair = C2GanPair.Of(_networks, _range.ToNetwork(_inputs.Draw(chance)), _range.ToNetwork(_targets.Draw(chance)));
        var terms = C2GanLoss.Terms(_networks, pair, _mask, _settings.SlopeAt(Step), _settings.RealLabel);
        Tensor generators = _settings.AdversaryWeight * (terms.AdversaryA + terms.AdversaryB)
            + _settings.CycleWeight * (terms.CycleA + terms.CycleB)
            + _settings.ContentWeightAt(Step) * terms.Content;
        // Through the discriminators, and not to them.
        autograd.backward([generators], inputs: [.. _networks.Forward.parameters(), .. _networks.Backward.parameters()]);

        Tensor judgeA = C2GanLoss.Judgement(_networks.JudgeA, pair.A, _fakesA.Exchange(pair.FakeA.detach(), chance), _settings.RealLabel);
        Tensor judgeB = C2GanLoss.Judgement(_networks.JudgeB, pair.B, _fakesB.Exchange(pair.FakeB.detach(), chance), _settings.RealLabel);
        (judgeA + judgeB).backward();
        foreach (Adam optimizer in _optimizers) optimizer.step();
        return
        [
            ("generators", generators.item<float>()),
            ("adversary_a", terms.AdversaryA.item<float>()),
            ("adversary_b", terms.AdversaryB.item<float>()),
            ("cycle_a", terms.CycleA.item<float>()),
            ("cycle_b", terms.CycleB.item<float>()),
            ("content", terms.Content.item<float>()),
            ("discriminator_a", judgeA.item<float>()),
            ("discriminator_b", judgeB.item<float>()),
        ];
    }

    /// <summary>Without truth: minus the sum of both cycles' mean absolute errors, the mean disagreement of content, and the distance between
    /// the histograms of results and of the target's library (earth mover); all in scaled units.</summary>
    protected override ImmutableArray<(string Name, double Value)> Score()
    {
        double cycleA = 0, cycleB = 0, content = 0;
        var results = new List<float>();
        var wanted = new List<float>();
        int count = Math.Min(_inputs.Judged.Length, _targets.Judged.Length);
        for (int i = 0; i < count; i++)
        {
            using var scope = NewDisposeScope();
            C2GanPair pair = C2GanPair.Of(_networks, _range.ToNetwork(_inputs.Judged[i]()), _range.ToNetwork(_targets.Judged[i]()));
            cycleA += _range.Half * (pair.BackA - pair.A).abs().mean().item<float>() / count;
            cycleB += _range.Half * (pair.BackB - pair.B).abs().mean().item<float>() / count;
            content += _mask.Disagreement(pair.A, pair.FakeB, _settings.LastSlope).mean().item<float>() / count;
            results.AddRange(HostTensors.Samples(_range.ToScaled(pair.FakeB).cpu()));
            wanted.AddRange(HostTensors.Samples(_range.ToScaled(pair.B).cpu()));
        }

        double histogram = EarthMover(results, wanted);
        return
        [
            ("agreement", -(cycleA + cycleB + content + histogram)),
            ("cycle_a", -cycleA),
            ("cycle_b", -cycleB),
            ("content", -content),
            ("histogram", -histogram),
        ];
    }

    protected override ImmutableArray<ImmutableArray<PreviewImage>> Show()
    {
        C2GanPair pair = C2GanPair.Of(_networks, _range.ToNetwork(_inputs.Judged[0]()), _range.ToNetwork(_targets.Judged[0]()));
        return
        [
            [Image("input", pair.A), Image("restored", pair.FakeB), Image("brought back", pair.BackA)],
            [Image("target", pair.B), Image("degraded", pair.FakeA), Image("restored again", pair.BackB)],
        ];
    }

    protected override void SaveMore(BinaryWriter writer)
    {
        _fakesA.Save(writer);
        _fakesB.Save(writer);
    }

    protected override void LoadMore(BinaryReader reader)
    {
        _fakesA.Load(reader, _device);
        _fakesB.Load(reader, _device);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _fakesA.Dispose();
            _fakesB.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Mean distance of samples of one rank.</summary>
    private static double EarthMover(List<float> a, List<float> b)
    {
        a.Sort();
        b.Sort();
        int most = Math.Max(a.Count, b.Count);
        double sum = 0;
        for (long i = 0; i < most; i++) sum += Math.Abs(a[(int)(i * a.Count / most)] - b[(int)(i * b.Count / most)]);
        return sum / most;
    }

    private PreviewImage Image(string name, Tensor network)
    {
        Tensor scaled = _range.ToScaled(network).cpu();
        return new PreviewImage(name, (int)scaled.size(2), (int)scaled.size(3), HostTensors.Samples(scaled).ToArray());
    }
}
