using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Tests.Bindings.TorchSharp;
using Acquisition.Tests.Support;
using Acquisition.Torch;
using Acquisition.Torch.Adversarial;
using Acquisition.Torch.Adversarial.C2Gan;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Acquisition.Tests.Torch.Adversarial.C2Gan;

[Collection(LibTorchPresence.Collection)]
public sealed class C2GanTrainingTests
{
    public C2GanTrainingTests() => TorchCases.Require();

    [Fact]
    public void Every_term_is_that_of_pytorch()
    {
        C2GanSettings settings = C2GanCase.Settings;
        OfflineModel model = C2GanCase.Drawn(settings);
        var random = new Random(2);
        float[] a = [.. Enumerable.Range(0, 256).Select(_ => 1.6f * random.NextSingle() - 0.9f)], b = [.. a.Select(_ => 1.4f * random.NextSingle() - 0.6f)];
        using var oracle = new RestorationOracle();
        C2GanCase.Write(oracle, "a", a);
        C2GanCase.Write(oracle, "b", b);
        C2GanCase.Tell(oracle, model, settings, new() { ["shape"] = new[] { 1, 1, 16, 16 }, ["alpha"] = -0.2, ["beta"] = 0.1, ["slope"] = 12.0, ["content"] = 3.0 });
        RestorationOracle.RunScript("c2gan.py", "losses", oracle.Folder);
        var wanted = C2GanCase.Answer(oracle, "losses");

        using DisposeScope scope = NewDisposeScope();
        using var networks = new C2GanNetworks(settings, null);
        networks.Load(model);
        C2GanPair pair = C2GanPair.Of(networks, tensor(a).reshape(1, 1, 16, 16), tensor(b).reshape(1, 1, 16, 16));
        var terms = C2GanLoss.Terms(networks, pair, new ContentMask(-0.2, 0.1), 12, settings.RealLabel);
        Compare("adversary_a", terms.AdversaryA);
        Compare("adversary_b", terms.AdversaryB);
        Compare("cycle_a", terms.CycleA);
        Compare("cycle_b", terms.CycleB);
        Compare("content", terms.Content);
        Compare("judge_a", C2GanLoss.Judgement(networks.JudgeA, pair.A, pair.FakeA, settings.RealLabel));
        Compare("judge_b", C2GanLoss.Judgement(networks.JudgeB, pair.B, pair.FakeB, settings.RealLabel));

        // Means of single precision.
        void Compare(string name, Tensor found) => Assert.Equal(1, found.item<float>() / wanted.GetProperty(name).GetDouble(), 1e-4);
    }

    [Fact]
    public void Three_steps_move_all_four_networks_as_pytorch_moves_them()
    {
        // Wherever a patch is taken and however it is turned, it is the same.
        using ImageLibraryOwner input = new(Symmetric(1)), target = new(Symmetric(2));
        C2GanSettings settings = C2GanCase.Settings with { PoolImages = 50 };
        OfflineModel start = C2GanCase.Drawn(settings);
        using C2GanTraining training = C2GanCase.Begin(input.Library, target.Library, settings, C2GanCase.Options with { Start = start });
        Assert.Equal(start.Tensors.Values.SelectMany(tensor => tensor.Values.ToArray()), training.Model([]).Tensors.Values.SelectMany(tensor => tensor.Values.ToArray()));
        for (int step = 0; step < 3; step++) training.Advance();
        OfflineModel after = training.Model([]);

        using var oracle = new RestorationOracle();
        C2GanCase.Write(oracle, "a", Network(input.Library));
        C2GanCase.Write(oracle, "b", Network(target.Library));
        var (thresholds, _) = C2GanTraining.Read(after.Card);
        C2GanCase.Tell(oracle, start, settings, new()
        {
            ["shape"] = new[] { 1, 1, 16, 16 },
            ["alpha"] = (thresholds.Input + 0.25) / 0.875 - 1,
            ["beta"] = (thresholds.Target + 0.25) / 0.875 - 1,
            ["schedule"] = Enumerable.Range(0, 3).Select(passed => new
            {
                rate = 1e-3,
                content = 1 + 6 * Math.Exp(-3 * passed / 6.0),
                slope = 8 * Math.Pow(20.0 / 8, passed / 6.0),
            }),
        });
        RestorationOracle.RunScript("c2gan.py", "steps", oracle.Folder);
        foreach (SafeTensor tensor in start.Tensors.Values)
        {
            float[] before = tensor.Values.ToArray(), found = after.Tensors[tensor.Name].Values.ToArray(), wanted = oracle.Floats($"after.{tensor.Name}");
            double moved = Math.Sqrt(wanted.Zip(before, (x, y) => (double)(x - y) * (x - y)).Sum());
            double apart = Math.Sqrt(wanted.Zip(found, (x, y) => (double)(x - y) * (x - y)).Sum());
            Assert.True(moved > 0, $"{tensor.Name} did not move");
            // Adam divides by the gradient's size, so that the few gradients near rounding may go astray.
            Assert.True(apart < 0.02 * moved, $"{tensor.Name} is {apart / moved} of its way beside it");
        }

        static float[] Network(ImageLibrary library) =>
            [.. library.Images[0].Plane(0).ToArray().Select(sample => (float)((library.Card.Scale.ToScaled(sample) + 0.25) / 0.875 - 1))];
    }

    [Fact]
    public void Training_that_is_cut_off_comes_to_the_same_bits()
    {
        using ImageLibraryOwner input = new(C2GanCase.Library(5, 24, 20, 1)), target = new(C2GanCase.Library(4, 20, 28, 2, gain: 4));
        TrainingOptions options = C2GanCase.Options with { Device = "cpu" };
        using C2GanTraining whole = C2GanCase.Begin(input.Library, target.Library, options: options);
        for (int step = 0; step < 6; step++) whole.Advance();

        using var checkpoint = new MemoryStream();
        using (C2GanTraining first = C2GanCase.Begin(input.Library, target.Library, options: options))
        {
            // Pools of two are full by then, and chance decides what is exchanged.
            for (int step = 0; step < 4; step++) first.Advance();
            using var writer = new BinaryWriter(checkpoint, System.Text.Encoding.UTF8, leaveOpen: true);
            first.Save(writer);
        }

        using C2GanTraining second = C2GanCase.Begin(input.Library, target.Library, options: options);
        second.Advance();
        checkpoint.Position = 0;
        using (var reader = new BinaryReader(checkpoint)) second.Load(reader);
        Assert.Equal(4, second.Step);
        var losses = ImmutableArray<(string, double)>.Empty;
        for (int step = 0; step < 2; step++) losses = second.Advance();
        Assert.Equal(whole.Model([]).ToSafeTensors(), second.Model([]).ToSafeTensors());

        using C2GanTraining other = C2GanCase.Begin(input.Library, target.Library, options: options with { Seed = 4 });
        for (int step = 0; step < 6; step++) other.Advance();
        Assert.NotEqual(whole.Model([]).ToSafeTensors(), other.Model([]).ToSafeTensors());
        Assert.Equal(losses.Length, other.Advance().Length);
    }

    [Fact]
    public void A_pool_gives_back_what_it_was_given_first_and_later_half_of_the_time_something_older()
    {
        using var scope = NewDisposeScope();
        long before = Tensor.TotalCount;
        using (var pool = new ImagePool(10))
        {
            var random = new Random(1);
            int older = 0;
            for (int i = 0; i < 1010; i++)
            {
                using DisposeScope step = NewDisposeScope();
                int value = (int)pool.Exchange(full([1, 1, 1, 1], (float)i), random).item<float>();
                Assert.InRange(value, 0, i);
                if (i < 10) Assert.Equal(i, value);
                else if (value != i) older++;
            }

            // Five standard deviations of a thousand tosses.
            Assert.InRange(older, 420, 580);
        }

        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Thresholds_are_otsus_and_the_targets_quantile_of_equal_share()
    {
        using ImageLibraryOwner input = new(C2GanCase.Library(3, 24, 20, 1)), target = new(C2GanCase.Library(2, 40, 28, 2, gain: 4));
        using var oracle = new RestorationOracle();
        C2GanCase.Write(oracle, "a", Scaled(input.Library));
        C2GanCase.Write(oracle, "b", Scaled(target.Library));
        C2GanCase.Tell(oracle, null, C2GanCase.Settings, new() { ["low"] = -0.25, ["high"] = 1.5, ["bins"] = ContentThresholds.Bins });
        RestorationOracle.RunScript("c2gan.py", "thresholds", oracle.Folder);
        var wanted = C2GanCase.Answer(oracle, "thresholds");
        ContentThresholds found = ContentThresholds.Of(input.Library, target.Library, -0.25, 1.5);
        Assert.Equal(wanted.GetProperty("alpha").GetDouble(), found.Input, 1e-6);
        Assert.Equal(wanted.GetProperty("beta").GetDouble(), found.Target, 1e-6);
        Assert.InRange(found.Input, 0.1, 0.9);

        static float[] Scaled(ImageLibrary library) =>
            [.. library.Images.SelectMany(image => image.Plane(0).ToArray().Select(sample => (float)library.Card.Scale.ToScaled(sample)))];
    }

    [Fact]
    public void Held_out_planes_are_judged_and_never_learned_from_in_stacks_too()
    {
        // Planes 1 and 4 of a stack of 6 are held out, a share of a third.
        using var stack = Volumes.From(new VolumeShape(6, 20, 20), (z, y, x) => 100 * z + (y + x) % 2);
        ImageLibrary library = C2GanCase.Library([stack]);
        var source = new PlaneSource(library, 1.0 / 3, 16, TorchDevice.Open("cpu"));
        using DisposeScope scope = NewDisposeScope();
        var random = new Random(1);
        double[] learned = [.. Enumerable.Range(0, 200).Select(_ => Plane(source.Draw(random))).Distinct().Order()];
        Assert.Equal([0, 2, 3, 5], learned);
        Assert.Equal([1, 4], source.Judged.Select(piece => Plane(piece())));
        Assert.All(source.Judged, piece => Assert.Equal([1, 1, 20, 20], piece().shape));

        double Plane(Tensor patch) => Math.Floor((patch.mean().item<float>() * (library.Card.Scale.High - library.Card.Scale.Low) + library.Card.Scale.Low) / 100);
    }

    [Fact]
    public void The_score_is_minus_the_sum_of_what_can_be_said_without_truth()
    {
        using ImageLibraryOwner input = new(C2GanCase.Library(5, 24, 20, 1)), target = new(C2GanCase.Library(4, 20, 28, 2, gain: 4));
        using C2GanTraining training = C2GanCase.Begin(input.Library, target.Library);
        training.Advance();
        var scores = training.Judge();
        Assert.Equal("agreement", scores[0].Name);
        Assert.Equal(scores.Skip(1).Sum(score => score.Value), scores[0].Value, 1e-9);
        Assert.All(scores, score => Assert.True(score.Value < 0));
        Assert.Equal(scores.AsEnumerable(), training.Judge().AsEnumerable());
        Assert.All(training.Preview(), row => Assert.All(row, image => Assert.Equal(image.Height * image.Width, image.Samples.Length)));
        OfflineModel model = training.Model(scores);
        Assert.Equal((ModelNames.C2Gan, 1, scores[0].Value), (model.Card.Method, model.Card.Steps, model.Card.Scores["agreement"]));
    }

    [Fact]
    public void Training_leaves_no_tensor()
    {
        using ImageLibraryOwner input = new(C2GanCase.Library(3, 24, 20, 1)), target = new(C2GanCase.Library(3, 20, 28, 2));
        long before = Tensor.TotalCount;
        using (C2GanTraining training = C2GanCase.Begin(input.Library, target.Library))
        {
            for (int step = 0; step < 4; step++) training.Advance();
            training.Judge();
            training.Preview();
            training.Model([]);
        }

        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Libraries_without_a_plane_as_large_as_a_patch_are_refused()
    {
        using ImageLibraryOwner input = new(C2GanCase.Library(3, 15, 40, 1)), target = new(C2GanCase.Library(3, 20, 28, 2));
        Assert.Throws<RestorationException>(() => C2GanCase.Begin(input.Library, target.Library));
    }

    /// <summary>Images of the size of a patch that look the same from all sides.</summary>
    private static ImageLibrary Symmetric(int seed)
    {
        var random = new Random(seed);
        double[] quarter = [.. Enumerable.Range(0, 64).Select(_ => 100 + 900 * random.NextDouble())];
        return C2GanCase.Library(Enumerable.Range(0, 2).Select(_ => Volumes.From(new VolumeShape(1, 16, 16), (_, y, x) =>
        {
            var (near, far) = (Math.Min(y, 15 - y), Math.Min(x, 15 - x));
            return quarter[Math.Min(near, far) * 8 + Math.Max(near, far)];
        })));
    }
}
