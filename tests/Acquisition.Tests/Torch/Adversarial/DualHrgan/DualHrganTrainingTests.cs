using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Tests.Bindings.TorchSharp;
using Acquisition.Tests.Support;
using Acquisition.Torch.Adversarial;
using Acquisition.Torch.Adversarial.DualHrgan;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Acquisition.Tests.Torch.Adversarial.DualHrgan;

[Collection(LibTorchPresence.Collection)]
public sealed class DualHrganTrainingTests : IDisposable
{
    private readonly List<FloatVolume> _made = [];

    public DualHrganTrainingTests() => TorchCases.Require();

    [Fact]
    public void Training_that_goes_on_from_a_checkpoint_comes_to_the_same_weights()
    {
        using DualHrganTraining whole = Begin(6), cut = Begin(6), resumed = Begin(6);
        for (int i = 0; i < 6; i++) whole.Advance();
        for (int i = 0; i < 3; i++) cut.Advance();
        using var checkpoint = new MemoryStream();
        using (var writer = new BinaryWriter(checkpoint, System.Text.Encoding.UTF8, leaveOpen: true)) cut.Save(writer);
        checkpoint.Position = 0;
        using (var reader = new BinaryReader(checkpoint)) resumed.Load(reader);
        Assert.Equal(3, resumed.Step);
        for (int i = 0; i < 3; i++) resumed.Advance();
        Assert.Equal(whole.Model([]).ToSafeTensors(), resumed.Model([]).ToSafeTensors());
        Assert.NotEqual(whole.Model([]).ToSafeTensors(), cut.Model([]).ToSafeTensors());
    }

    [Fact]
    public void The_microscope_is_learned_first_and_then_the_way_back_with_it()
    {
        // Two of six steps: a third of them.
        using DualHrganTraining training = Begin(6, settings: DualHrganCase.Tiny with { DegradationShare = 0.34 });
        OfflineModel before = training.Model([]);
        for (int i = 0; i < 2; i++)
        {
            ImmutableArray<(string Name, double Value)> losses = training.Advance();
            Assert.Equal(
                ["total", "fine_cycle", "coarse_cycle", "agreement", "fine_distance", "coarse_distance", "fine_penalty", "coarse_penalty"], losses.Select(loss => loss.Name));
            Assert.Equal(0, losses[1].Value);
        }

        OfflineModel between = training.Model([]);
        Assert.NotEqual(0, training.Advance()[1].Value);
        OfflineModel after = training.Model([]);
        Assert.True(Same("generator", before, between));
        Assert.False(Same("generator", between, after));
        Assert.False(Same("degradation", before, between));
        Assert.False(Same("degradation", between, after));
    }

    [Fact]
    public void The_round_trip_of_fine_volumes_moves_the_generator_of_coarse_ones_only_where_it_is_told_to()
    {
        (OfflineModel both, OfflineModel apart) = (FirstStep(true), FirstStep(false));
        Assert.False(Same("degradation", both, apart));
        // Adam's first step is as long as its rate, 3e-3.
        Assert.True(Volumes.MaxError(Weights("generator", both), Weights("generator", apart)) < 1e-6);

        OfflineModel FirstStep(bool isMoved)
        {
            using DualHrganTraining training = Begin(1, settings: DualHrganCase.Tiny with { DegradationShare = 0, FineCycleMovesDegradation = isMoved });
            training.Advance();
            return training.Model([]);
        }
    }

    [Fact]
    public void The_generator_of_coarse_volumes_comes_to_the_measured_blur_and_the_card_tells_it()
    {
        using DualHrganTraining training = Begin(200, settings: DualHrganCase.Tiny with { DegradationShare = 0.9, DegradationCriticSteps = 1, CoarseAdversaryWeight = 0, BlurWeight = 1, DegradationRate = 3e-3 });
        double[] off = [.. Enumerable.Range(0, 100).Select(_ => Loss(training.Advance(), "agreement"))];
        Assert.True(off[^10..].Average() < 0.5 * off[..10].Average(), $"{off[..10].Average()} then {off[^10..].Average()}");
        OfflineModel model = training.Model([]);
        Assert.Subset(model.Card.Settings.Keys.ToHashSet(), new HashSet<string> { "measured_blur_z", "measured_blur_lateral", "measured_gain" });
        Assert.Equal(1, DualHrganSettings.FromCard(model.Card).BlurWeight);
    }

    [Fact]
    public void Rates_fall_along_half_cosines()
    {
        DualHrganSettings settings = DualHrganCase.Tiny with { GeneratorRate = 8, DegradationRate = 4 };
        Assert.Equal(4, DualHrganTraining.Cooled(settings, isAlone: true, 0).Degrade, 1e-12);
        Assert.Equal(0.6 * 4, DualHrganTraining.Cooled(settings, isAlone: true, 0.5).Degrade, 1e-12);
        Assert.Equal(0.2 * 4, DualHrganTraining.Cooled(settings, isAlone: true, 1).Degrade, 1e-12);
        Close((8, 0.2 * 4), DualHrganTraining.Cooled(settings, isAlone: false, 0));
        Close(((0.05 + 0.95 * 0.75) * 8, (0.05 + 0.15 * 0.75) * 4), DualHrganTraining.Cooled(settings, isAlone: false, 1.0 / 3));
        Close((0.05 * 8, 0.05 * 4), DualHrganTraining.Cooled(settings, isAlone: false, 1));

        static void Close((double Restore, double Degrade) wanted, (double Restore, double Degrade) found)
        {
            Assert.Equal(wanted.Restore, found.Restore, 1e-12);
            Assert.Equal(wanted.Degrade, found.Degrade, 1e-12);
        }
    }

    [Fact]
    public void Round_trips_come_closer_with_training()
    {
        using DualHrganTraining training = Begin(60, settings: DualHrganCase.TinyPaper with { DegradationShare = 0, FineAdversaryWeight = 1, CoarseAdversaryWeight = 1, AdversaryIsPerVoxel = true });
        double[] cycles = [.. Enumerable.Range(0, 60).Select(_ => training.Advance().Where(loss => loss.Name is "fine_cycle" or "coarse_cycle").Sum(loss => loss.Value))];
        Assert.True(cycles[^10..].Average() < 0.8 * cycles[..10].Average(), $"{cycles[..10].Average()} then {cycles[^10..].Average()}");
    }

    [Fact]
    public void Noise_comes_upon_coarse_volumes_that_are_made_and_on_no_others()
    {
        // Generators and critics are still as they were drawn: only noise makes a difference.
        ImmutableArray<(string Name, double Value)> plain = FirstOfEven(), noisy = FirstOfEven(detectsNoise: true);
        Assert.NotEqual(Loss(plain, "coarse_distance"), Loss(noisy, "coarse_distance"));
        Assert.NotEqual(Loss(plain, "fine_cycle"), Loss(noisy, "fine_cycle"));
        Assert.Equal(Loss(plain, "fine_distance"), Loss(noisy, "fine_distance"));
    }

    [Fact]
    public void Round_trips_of_fine_volumes_come_closer_before_both_generators_step()
    {
        double none = Loss(FirstOfEven(), "fine_cycle"), some = Loss(FirstOfEven(cycleSteps: 20), "fine_cycle");
        Assert.True(some < 0.9 * none, $"{none} then {some}");
    }

    [Fact]
    public void A_model_goes_on_where_it_was_and_says_what_it_was_made_of()
    {
        using DualHrganTraining first = Begin(2);
        first.Advance();
        OfflineModel model = OfflineModel.FromSafeTensors(first.Model([("score", -1)]).ToSafeTensors());
        Assert.Equal(ModelNames.DualHrgan, model.Method);
        Assert.Equal(DualHrganCase.Tiny.ToCard(), model.Card.Settings);
        Assert.Equal(-1, model.Card.Scores["score"]);
        using DualHrganTraining second = Begin(2, model);
        Assert.Equal(model.Tensors.Values.Select(tensor => tensor.Values.ToArray()), second.Model([]).Tensors.Values.Select(tensor => tensor.Values.ToArray()));
        Assert.Throws<DataFormatException>(() => Begin(2, model, DualHrganCase.Tiny with { Features = 5 }));
    }

    [Fact]
    public void Settings_can_be_replaced_by_the_names_that_a_card_gives_them()
    {
        DualHrganSettings small = DualHrganSettings.Of(TrainingPreset.Small);
        DualHrganSettings changed = small.With(Named(("blocks", "3"), ("fine_critic_features", "4-8"), ("adds_enlarged", "false"), ("cycle_weight", "2.5")));
        Assert.Equal((3, false, 2.5), (changed.Blocks, changed.AddsEnlarged, changed.CycleWeight));
        Assert.Equal([4, 8], changed.FineCriticFeatures);
        Assert.Equal(small.Features, changed.Features);
        Assert.Contains("blocks", Assert.Throws<RestorationException>(() => small.With(Named(("block", "3")))).Message, StringComparison.Ordinal);
        foreach (var (name, value) in ((string, string)[])[("blocks", "0"), ("blocks", "many"), ("fine_critic_features", "0"), ("cycle_weight", "-1")])
            Assert.Throws<RestorationException>(() => small.With(Named((name, value))));

        static ImmutableSortedDictionary<string, string> Named(params (string Name, string Value)[] settings) =>
            settings.ToImmutableSortedDictionary(setting => setting.Name, setting => setting.Value, StringComparer.Ordinal);
    }

    [Fact]
    public void The_score_is_less_the_errors_of_both_round_trips_and_previews_have_rows_of_one_height()
    {
        using DualHrganTraining training = Begin(2);
        ImmutableArray<(string Name, double Value)> scores = training.Judge();
        Assert.Equal(["score", "coarse_cycle", "fine_cycle", "fine_distance", "coarse_distance"], scores.Select(score => score.Name));
        Assert.Equal(-scores[1].Value - scores[2].Value, scores[0].Value, 1e-12);
        Assert.All(training.Preview(), row =>
        {
            Assert.Equal(3, row.Length);
            Assert.All(row, image => Assert.Equal(row[0].Height, image.Height));
            Assert.All(row, image => Assert.Equal(image.Height * image.Width, image.Samples.Length));
        });
    }

    [Fact]
    public void Volumes_are_as_far_apart_as_their_patches_whatever_is_where()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor volume = DualHrganCase.Volume(1, 15, 15, 15).narrow(0, 0, 1).cpu();
        Tensor own = PatchLikeness.Quantiles(volume, 1), turned = PatchLikeness.Quantiles(volume.roll([2, 3, 4], [2, 3, 4]), 1);
        Tensor dark = PatchLikeness.Quantiles(volume / 2, 1);
        Assert.Equal(0, PatchLikeness.Distance([own], [own]));
        // Projections halve, and with them their distance from 0.
        Assert.Equal(PatchLikeness.Distance([own], [zeros_like(own)]) / 2, PatchLikeness.Distance([own], [dark]), 1e-5);
        Assert.True(PatchLikeness.Distance([own], [turned]) < 0.5 * PatchLikeness.Distance([own], [dark]));
    }

    [Fact]
    public void Volumes_smaller_than_a_block_are_refused()
    {
        TrainingOptions options = new() { Device = TorchCases.Device };
        RestorationException refusal = Assert.Throws<RestorationException>(() => new DualHrganTraining(Library(6, 3, 1), Library(24, 1, 2), options, DualHrganCase.Tiny));
        Assert.Contains("10×10×10", refusal.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        foreach (FloatVolume volume in _made) volume.Dispose();
    }

    private DualHrganTraining Begin(int steps, OfflineModel? start = null, DualHrganSettings? settings = null)
    {
        TrainingOptions options = new() { Preset = TrainingPreset.Small, Steps = steps, Seed = 4, Threads = 1, Device = TorchCases.Device, Start = start };
        return new DualHrganTraining(Library(12, 3, 1), Library(36, 1, 2), options, settings ?? DualHrganCase.Tiny);
    }

    private static bool Same(string network, OfflineModel a, OfflineModel b) => Weights(network, a).SequenceEqual(Weights(network, b));

    private static float[] Weights(string network, OfflineModel model) =>
        [.. model.Tensors.Values.Where(tensor => tensor.Name.StartsWith(network, StringComparison.Ordinal)).SelectMany(tensor => tensor.Values.ToArray())];

    /// <summary>Losses of the first step on fine volumes that no turn changes and that are as large as a block, so that which is drawn makes no difference.</summary>
    private ImmutableArray<(string Name, double Value)> FirstOfEven(bool detectsNoise = false, int cycleSteps = 0)
    {
        const int Edge = 30;
        DualHrganSettings settings = DualHrganCase.Tiny with { DegradationShare = 0, CoarseCriticSteps = 1, DetectsNoise = detectsNoise, CycleSteps = cycleSteps };
        ImageLibrary noise = Library(3, i => Volumes.Random(new VolumeShape(12, 12, 12), i));
        ImageLibrary even = Library(1, _ => Volumes.From(new VolumeShape(Edge, Edge, Edge), (z, y, x) => Math.Exp(-(Square(z) + Square(y) + Square(x)) / 40)));
        using var training = new DualHrganTraining(noise, even, new TrainingOptions { Steps = 1, Seed = 4, Threads = 1, Device = TorchCases.Device }, settings);
        return training.Advance();

        static double Square(int at) => (at - (Edge - 1) / 2.0) * (at - (Edge - 1) / 2.0);
    }

    private static double Loss(ImmutableArray<(string Name, double Value)> losses, string name) => losses.Single(loss => loss.Name == name).Value;

    /// <summary>Three volumes of soft rods.</summary>
    private ImageLibrary Library(int edge, double voxelUm, int seed) => Library(voxelUm, i => Volumes.Rods(new VolumeShape(edge, edge, edge), 10 * seed + i));

    private ImageLibrary Library(double voxelUm, Func<int, FloatVolume> volume)
    {
        FloatVolume[] images = [.. Enumerable.Range(0, 3).Select(volume)];
        _made.AddRange(images);
        var voxel = new VoxelSize { ZUm = voxelUm, YUm = voxelUm, XUm = voxelUm };
        return new ImageLibrary { Images = [.. images], Card = LibraryCard.Of(images, voxel, null, null) };
    }
}
