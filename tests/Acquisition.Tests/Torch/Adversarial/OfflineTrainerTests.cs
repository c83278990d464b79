using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Torch.Adversarial;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;

namespace Acquisition.Tests.Torch.Adversarial;

/// <summary>The loop that is the same for all systems, around one whose scores are written down.</summary>
public sealed class OfflineTrainerTests : IDisposable
{
    private readonly ImmutableArray<FloatVolume> _images = [Image(1), Image(2)];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        foreach (FloatVolume image in _images) image.Dispose();
    }

    [Fact]
    public void The_weights_that_scored_best_are_kept_and_training_ends_when_nothing_becomes_better()
    {
        using OfflineTrainer trainer = Trainer(patience: 2, 0.1, 0.7, 0.5, 0.6, 0.9);
        var reports = new List<TrainingReport>();
        while (!trainer.IsOver) reports.Add(trainer.Continue(Cancel));

        Assert.Equal([true, true, false, false], reports.Select(report => report.IsBest));
        Assert.Equal([3, 6, 9, 12], reports.Select(report => report.Step));
        Assert.Equal("score has not become better for 2 reports", reports[^1].Why);
        ModelCard card = OfflineModel.FromSafeTensors(trainer.Best.Span).Card;
        Assert.Equal((6, 0.7), (card.Steps, card.Scores["score"]));
    }

    [Fact]
    public void Without_patience_all_steps_are_taken()
    {
        using OfflineTrainer trainer = Trainer(patience: 0, 0.5, 0.4, 0.3, 0.2, 0.1);
        TrainingReport last = trainer.Continue(Cancel);
        while (!trainer.IsOver) last = trainer.Continue(Cancel);
        Assert.Equal((15, "all steps are taken"), (last.Step, last.Why));
        Assert.Throws<InvalidOperationException>(() => trainer.Continue(Cancel));
    }

    [Fact]
    public void Losses_are_averaged_over_the_steps_of_a_report_and_go_on_alike_after_a_checkpoint()
    {
        using OfflineTrainer whole = Trainer(patience: 0, 1, 2, 3, 4, 5);
        TrainingReport[] expected = [.. Enumerable.Range(0, 5).Select(_ => whole.Continue(Cancel))];
        // The scripted system's losses are its steps and what each draws.
        Assert.Equal([2, 5, 8, 11, 14], expected.Select(report => report.Losses[0].Value));
        Assert.Equal(5, expected.Select(report => report.Losses[1].Value).Distinct().Count());

        using var checkpoint = new MemoryStream();
        using (OfflineTrainer first = Trainer(patience: 0, 1, 2, 3, 4, 5))
        {
            first.Continue(Cancel);
            first.Continue(Cancel);
            first.Save(checkpoint);
        }

        using OfflineTrainer second = Trainer(patience: 0, 1, 2, 3, 4, 5);
        second.Load(checkpoint.ToArray());
        Assert.Equal(6, second.Step);
        foreach (TrainingReport report in expected[2..])
        {
            TrainingReport again = second.Continue(Cancel);
            Assert.Equal(report.Losses, again.Losses);
            Assert.Equal((report.Step, report.IsBest, report.Why), (again.Step, again.IsBest, again.Why));
        }

        Assert.Equal(whole.Best.ToArray(), second.Best.ToArray());
    }

    [Fact]
    public void A_checkpoint_that_is_damaged_or_of_something_else_is_refused()
    {
        using OfflineTrainer trainer = Trainer(patience: 0, 1, 2, 3, 4, 5);
        using var checkpoint = new MemoryStream();
        trainer.Save(checkpoint);
        byte[] bytes = checkpoint.ToArray();

        using OfflineTrainer other = Trainer(patience: 1, 1, 2, 3, 4, 5);
        Assert.Contains("other images or settings", Refusal(other, bytes), StringComparison.Ordinal);
        bytes[^1] ^= 1;
        Assert.Contains("damaged", Refusal(trainer, bytes), StringComparison.Ordinal);
        Assert.Contains("no checkpoint", Refusal(trainer, bytes[..20]), StringComparison.Ordinal);

        static string Refusal(OfflineTrainer trainer, byte[] checkpoint) => Assert.Throws<DataFormatException>(() => trainer.Load(checkpoint)).Message;
    }

    [Fact]
    public void A_loss_that_is_no_number_ends_training_with_what_to_do()
    {
        using OfflineTrainer trainer = Trainer(patience: 0, double.NaN, 1, 1, 1, 1);
        string message = Assert.Throws<RestorationException>(() => trainer.Continue(Cancel)).Message;
        Assert.Contains("The loss 'step' is NaN after 1 steps", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Libraries_that_do_not_pair_up_are_refused()
    {
        ImageLibrary two = Library(_images), one = Library(_images[..1]);
        AdversarialSystem system = System([1, 1, 1, 1, 1]) with { IsPaired = true };
        Assert.Contains(
            "learns from pairs, and there are 2 images to restore and 1", Assert.Throws<RestorationException>(() => new OfflineTrainer(system, two, one, new TrainingOptions())).Message,
            StringComparison.Ordinal);
    }

    private OfflineTrainer Trainer(int patience, params double[] scores) =>
        new(System(scores), Library(_images), Library(_images), new TrainingOptions { Steps = 15, ReportEvery = 3, Patience = patience, Seed = 7 });

    private static AdversarialSystem System(double[] scores) => new()
    {
        Method = "scripted",
        IsPaired = false,
        Finer = 1,
        IsPlanar = true,
        Doubt = null,
        Begin = (input, target, options) => new Scripted(input.Card, options, scores),
        Open = (_, _) => throw new NotSupportedException(),
    };

    private static ImageLibrary Library(ImmutableArray<FloatVolume> images) =>
        new() { Images = images, Card = LibraryCard.Of(images, new VoxelSize { ZUm = 1, YUm = 1, XUm = 1 }, null, null) };

    private static FloatVolume Image(int seed)
    {
        var random = new Random(seed);
        var image = new FloatVolume(new VolumeShape(1, 8, 8));
        foreach (ref float sample in image.Plane(0)) sample = random.Next(1000);
        return image;
    }

    private sealed class Scripted(LibraryCard card, TrainingOptions options, double[] scores) : AdversarialTraining(options)
    {
        public override int Steps => Options.Steps!.Value;

        protected override IEnumerable<(string Name, torch.nn.Module Network)> Networks => [];

        protected override IEnumerable<OptimizerHelper> Optimizers => [];

        public override OfflineModel Model(ImmutableArray<(string Name, double Value)> found) => new(
            new ModelCard
            {
                Method = "scripted",
                Preset = Options.Preset,
                Steps = Step,
                Seed = Options.Seed,
                Input = card,
                Target = card,
                Settings = ImmutableSortedDictionary<string, string>.Empty,
                Scores = found.ToImmutableSortedDictionary(score => score.Name, score => score.Value),
            },
            ImmutableSortedDictionary<string, SafeTensor>.Empty);

        protected override ImmutableArray<(string Name, double Value)> Learn(Random chance) =>
            [("step", double.IsNaN(scores[0]) ? double.NaN : Step), ("chance", chance.NextDouble())];

        protected override ImmutableArray<(string Name, double Value)> Score() => [("score", scores[Step / 3 - 1])];

        protected override ImmutableArray<ImmutableArray<PreviewImage>> Show() => [];
    }
}
