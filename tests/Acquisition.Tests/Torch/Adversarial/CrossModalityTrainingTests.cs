using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Tests.Bindings.TorchSharp;
using Acquisition.Tests.Support;
using Acquisition.Torch.Adversarial;
using Acquisition.Torch.Adversarial.CrossModality;
using Xunit;

namespace Acquisition.Tests.Torch.Adversarial;

[Collection(LibTorchPresence.Collection)]
public sealed class CrossModalityTrainingTests
{
    public CrossModalityTrainingTests() => TorchCases.Require();

    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    public void Going_on_from_a_checkpoint_gives_the_weights_of_training_in_one_go(int cut)
    {
        CrossModalitySettings settings = CrossModalityCase.Settings with { RateFall = RateFall.Cosine };
        using CrossModalityTraining whole = CrossModalityCase.Training(settings);
        using CrossModalityTraining first = CrossModalityCase.Training(settings), second = CrossModalityCase.Training(settings);
        for (int step = 0; step < settings.Steps; step++) whole.Advance();
        for (int step = 0; step < cut; step++) first.Advance();
        using var memory = new MemoryStream();
        using (var writer = new BinaryWriter(memory, System.Text.Encoding.UTF8, leaveOpen: true)) first.Save(writer);
        memory.Position = 0;
        using (var reader = new BinaryReader(memory)) second.Load(reader);
        Assert.Equal(cut, second.Step);
        for (int step = cut; step < settings.Steps; step++) second.Advance();
        Assert.Equal(whole.Model([]).ToSafeTensors(), second.Model([]).ToSafeTensors());
        Assert.Equal(whole.Judge(), second.Judge());
        Assert.NotEqual(first.Model([]).Tensors["generator.last.weight"].Values.ToArray(), second.Model([]).Tensors["generator.last.weight"].Values.ToArray());
    }

    [Fact]
    public void Restored_images_come_closer_to_held_out_targets_than_their_inputs_and_the_adversary_joins_after_pretraining()
    {
        CrossModalitySettings settings = CrossModalityCase.Settings with { Steps = 100, PretrainingSteps = 90, GeneratorRate = 5e-3 };
        using CrossModalityTraining training = CrossModalityCase.Training(settings);
        ImmutableArray<(string Name, double Value)> losses = [];
        for (int step = 1; step <= settings.Steps; step++)
        {
            losses = training.Advance();
            Assert.Equal(step <= 90, losses[0].Value == 0);
            Assert.Equal(step <= 90, losses[3].Value == 0);
        }

        var scores = training.Judge().ToDictionary(score => score.Name, score => score.Value);
        Assert.Equal(["psnr_db", "ssim", "input_psnr_db", "input_ssim"], training.Judge().Select(score => score.Name));
        Assert.True(scores["psnr_db"] > scores["input_psnr_db"] + 1, $"{scores["psnr_db"]:0.00} dB, and {scores["input_psnr_db"]:0.00} before");
        Assert.All(training.Preview(), row => Assert.Equal(["input", "restored", "target"], row.Select(image => image.Name)));
        Assert.All(training.Preview().SelectMany(row => row), image => Assert.Equal(image.Height * image.Width, image.Samples.Length));
    }

    [Fact]
    public void Scores_of_the_input_are_those_of_the_formula()
    {
        var (input, target) = CrossModalityCase.Libraries();
        using var training = new CrossModalityTraining(input, target, CrossModalityCase.Options, CrossModalityCase.Settings);
        // Of four images 30 % is one: the third.
        double[] squares = [.. Enumerable.Range(0, 2).Select(z => input.Images[2].Plane(z).ToArray().Zip(target.Images[2].Plane(z).ToArray(), (a, b) =>
            Math.Pow((a - input.Card.Scale.Low) / Width(input) - (b - target.Card.Scale.Low) / Width(target), 2)).Average())];
        Assert.Equal(-10 * Math.Log10(squares.Average()), training.Judge().Single(score => score.Name == "input_psnr_db").Value, 1e-3);

        static double Width(ImageLibrary library) => library.Card.Scale.High - library.Card.Scale.Low;
    }

    [Fact]
    public void Training_begins_with_the_weights_that_it_is_to_go_on_from()
    {
        using CrossModalityTraining first = CrossModalityCase.Training();
        first.Advance();
        OfflineModel model = OfflineModel.FromSafeTensors(first.Model([]).ToSafeTensors());
        using CrossModalityTraining second = CrossModalityCase.Training(options: CrossModalityCase.Options with { Seed = 9, Start = model });
        Assert.Equal(first.Model([]).Tensors["generator.up.3.weight"].Values.ToArray(), second.Model([]).Tensors["generator.up.3.weight"].Values.ToArray());

        CrossModalitySettings larger = CrossModalityCase.Settings with { GeneratorChannels = 6 };
        var refusal = Assert.Throws<RestorationException>(() => CrossModalityCase.Training(larger, CrossModalityCase.Options with { Start = model }));
        Assert.Contains("preset", refusal.Message, StringComparison.Ordinal);
        OfflineModel other = new(model.Card with { Method = ModelNames.C2Gan }, model.Tensors);
        refusal = Assert.Throws<RestorationException>(() => CrossModalityCase.Training(options: CrossModalityCase.Options with { Start = other }));
        Assert.Contains("c2gan", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Libraries_that_are_no_pairs_are_refused()
    {
        var (input, target) = CrossModalityCase.Libraries();
        ImageLibrary fewer = target with { Images = target.Images[..3] };
        var refusal = Assert.Throws<RestorationException>(() => new CrossModalityTraining(input, fewer, CrossModalityCase.Options, CrossModalityCase.Settings));
        Assert.Contains("4 images", refusal.Message, StringComparison.Ordinal);
        ImageLibrary other = target with { Images = target.Images.SetItem(1, new FloatVolume(new VolumeShape(2, 40, 47))) };
        refusal = Assert.Throws<RestorationException>(() => new CrossModalityTraining(input, other, CrossModalityCase.Options, CrossModalityCase.Settings));
        Assert.Contains("Image 1", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TrainingPreset.Literal, 64, 0)]
    [InlineData(TrainingPreset.Safe, 64, 500)]
    [InlineData(TrainingPreset.Small, 16, 2400)]
    public void Presets_are_the_papers_networks_or_small_ones_and_only_the_literal_one_leaves_most_of_the_loss_to_the_adversary(
        TrainingPreset preset, int channels, int pretraining)
    {
        CrossModalitySettings settings = CrossModalitySettings.Of(preset);
        Assert.Equal((channels, channels, pretraining), (settings.GeneratorChannels, settings.DiscriminatorChannels, settings.PretrainingSteps));
        double adversary = 1 - settings.SquareErrorShare - settings.SimilarityShare;
        Assert.Equal(preset == TrainingPreset.Literal, adversary > 0.5);
        Assert.Equal(settings.GeneratorChannels.ToString(System.Globalization.CultureInfo.InvariantCulture), settings.ByName()["generator_channels"]);
    }

    [Fact]
    public void Settings_go_by_the_names_of_the_card_and_others_are_refused()
    {
        CrossModalitySettings small = CrossModalitySettings.Of(TrainingPreset.Small);
        Assert.Equal(small, new CrossModalitySettings().With(small.ByName()));
        Assert.Equal(
            small with { PatchPx = 96, WeightDraw = WeightDraw.Paper, SimilarityShare = 0.3 },
            small.With(Changes(("patch_px", "96"), ("weight_draw", "paper"), ("similarity_share", "0.3"))));
        foreach (var (change, said) in (((string, string), string)[])[
            (("patch", "96"), "patch_px"), (("patch_px", "97"), "multiple of 16"), (("weight_draw", "7"), "cannot be"), (("batch", "x"), "cannot be"),
            (("square_error_share", "0.8"), "below 1")])
        {
            var refusal = Assert.Throws<RestorationException>(() => small.With(Changes(change)));
            Assert.Contains(said, refusal.Message, StringComparison.Ordinal);
        }

        static ImmutableSortedDictionary<string, string> Changes(params (string Name, string Value)[] changes) =>
            changes.ToImmutableSortedDictionary(change => change.Name, change => change.Value, StringComparer.Ordinal);
    }

    [Fact]
    public void The_system_is_listed_with_its_predictor()
    {
        AdversarialSystem system = AdversarialSystem.Get("cross-modality");
        Assert.Equal((true, 1, true, null), (system.IsPaired, system.Finer, system.IsPlanar, system.Doubt));
        var (input, target) = CrossModalityCase.Libraries();
        using AdversarialTraining training = system.Begin(
            CrossModalityCase.Library([.. input.Images.Select(Wide)]), CrossModalityCase.Library([.. target.Images.Select(Wide)]),
            CrossModalityCase.Options with { Preset = TrainingPreset.Small, Steps = 1 });
        training.Advance();
        OfflineModel model = training.Model([("psnr_db", 20)]);
        Assert.Equal((1, 1, 20.0), (training.Steps, model.Card.Steps, model.Card.Scores["psnr_db"]));
        using Predictor predictor = system.Open(OfflineModel.FromSafeTensors(model.ToSafeTensors()), new PredictorOptions { Device = TorchCases.Device });
        using FloatVolume plane = Volumes.Random(new VolumeShape(1, 20, 20), 1), predicted = new(plane.Shape);
        Assert.True(double.IsFinite(predictor.Predict(plane, predicted, null, TestContext.Current.CancellationToken)));

        // The preset's patches are 64 pixels wide.
        static FloatVolume Wide(FloatVolume image) =>
            Volumes.From(new VolumeShape(1, 64, 64), (_, y, x) => image.Plane(0)[y % image.Shape.Y * image.Shape.X + x % image.Shape.X]);
    }
}
