using System.Collections.Immutable;
using System.Globalization;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Restoration;

public sealed class CpuEngineTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static readonly RestorationOptions Quick = new()
    {
        Steps = 12, BatchSize = 3, CropPlanes = 2, CropEdgePx = 16, BackProjections = 3, Threads = 1,
    };

    private readonly CpuEngine _engine = new();

    [Theory]
    [InlineData(NetworkVariant.Public)]
    [InlineData(NetworkVariant.Paper)]
    public void The_same_seed_gives_the_same_bits_for_any_number_of_threads(NetworkVariant variant)
    {
        using FloatVolume acquired = Volumes.Rods(new(6, 24, 26), 1);
        RestorationOptions options = Quick with { Variant = variant };

        byte[] one = Tune(acquired, new(2, 2, 2), options).Model!.ToSafeTensors();
        byte[] three = Tune(acquired, new(2, 2, 2), options with { Threads = 3 }).Model!.ToSafeTensors();
        byte[] other = Tune(acquired, new(2, 2, 2), options with { Seed = 2 }).Model!.ToSafeTensors();

        Assert.Equal(one, three);
        Assert.NotEqual(one, other);
    }

    [Fact]
    public void A_short_tuning_beats_back_projected_cubic_interpolation_on_what_it_never_saw()
    {
        using FloatVolume truth = Volumes.Rods(new(20, 80, 80), 2), acquired = new(new(10, 40, 40));
        Resampling.Shrink(truth, new(2, 2, 2), acquired, 1, Cancel);
        RestorationOptions options = Quick with { Steps = 150, BatchSize = 4, CropPlanes = 4, CropEdgePx = 24, Threads = 2 };

        TuningResult result = Tune(acquired, new(2, 2, 2), options);

        Assert.True(result.BeatsProjection, result.Reason);
        Assert.True(result.HeldOutDb > result.ProjectedDb + 0.3, result.Reason);
        Assert.True(result.ProjectedDb > result.CubicDb, result.Reason);
        double restored = PsnrOf(result.Model), projected = PsnrOf(null);
        Assert.True(restored > projected + 0.3, $"{restored:0.00} against {projected:0.00} dB");

        double PsnrOf(TunedModel? model)
        {
            using FloatVolume volume = new(truth.Shape);
            _engine.Restore(model, acquired, new(2, 2, 2), 0, options, volume, out _, Cancel);
            return Quality.Psnr(volume, truth);
        }
    }

    [Fact]
    public void Snapshots_on_the_way_restore_better_than_projection_and_name_their_step()
    {
        using FloatVolume truth = Volumes.Rods(new(20, 80, 80), 2), acquired = new(new(10, 40, 40));
        Resampling.Shrink(truth, new(2, 2, 2), acquired, 1, Cancel);
        RestorationOptions options = Quick with { Steps = 250, BatchSize = 4, CropPlanes = 4, CropEdgePx = 24, Threads = 2 };
        var reports = new List<TuningProgress>();

        TuningResult result = _engine.Tune(Request(acquired, new(2, 2, 2), options) with { Progress = new Collector(reports) }, Cancel);

        TuningProgress first = reports.First(report => report.Snapshot is not null);
        Assert.InRange(first.Step, 125, 250);
        Assert.True(first.HeldOutDb > first.ProjectedDb);
        Assert.True(PsnrOf(first.Snapshot) > PsnrOf(null) + 0.2, $"{PsnrOf(first.Snapshot):0.00} against {PsnrOf(null):0.00} dB");
        Assert.NotEqual(Weights(result.Model), Weights(first.Snapshot));

        double PsnrOf(TunedModel? model)
        {
            using FloatVolume volume = new(truth.Shape);
            _engine.Restore(model, acquired, new(2, 2, 2), 0, options, volume, out _, Cancel);
            return Quality.Psnr(volume, truth);
        }
    }

    [Fact]
    public void Going_on_from_weights_takes_half_the_steps_and_suits_the_new_volume_better()
    {
        using FloatVolume rods = Shrunk(2), others = Shrunk(9);
        var factors = new Factors(2, 2, 2);
        RestorationOptions options = Quick with { Steps = 160, BatchSize = 4, CropPlanes = 4, CropEdgePx = 24, Threads = 2 };
        TunedModel first = Tune(rods, factors, options).Model!;

        TuningResult next = _engine.Tune(Request(others, factors, options) with { Start = first }, Cancel);

        Assert.Equal(80, next.StepsRun);
        double before = _engine.Gauge(first, others, factors, 0, options, Cancel)!.Value.ModelDb;
        double after = _engine.Gauge(next.Model!, others, factors, 0, options, Cancel)!.Value.ModelDb;
        Assert.True(after > before, $"{before:0.00} dB before, {after:0.00} dB after");

        static FloatVolume Shrunk(int seed)
        {
            using FloatVolume truth = Volumes.Rods(new(20, 80, 80), seed);
            var acquired = new FloatVolume(new(10, 40, 40));
            Resampling.Shrink(truth, new(2, 2, 2), acquired, 1, Cancel);
            return acquired;
        }
    }

    [Fact]
    public void Weights_of_another_variant_are_refused_to_go_on_from()
    {
        using FloatVolume acquired = Volumes.Rods(new(6, 24, 26), 1);
        TunedModel paper = Tune(acquired, new(2, 2, 2), Quick with { Variant = NetworkVariant.Paper }).Model!;
        var refusal = Assert.Throws<RestorationException>(() =>
            _engine.Tune(Request(acquired, new(2, 2, 2), Quick) with { Start = paper }, Cancel));
        Assert.Contains("Paper", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_budget_that_changes_on_the_way_does_not_change_the_bits()
    {
        using FloatVolume acquired = Volumes.Rods(new(6, 24, 26), 1);
        RestorationOptions options = Quick with { Threads = 3 };
        var budget = new ThreadBudget(1);
        byte[] free = Tune(acquired, new(2, 2, 2), options).Model!.ToSafeTensors();
        byte[] bound = _engine.Tune(
            Request(acquired, new(2, 2, 2), options) with { Budget = budget, Progress = new Widening(budget) }, Cancel).Model!.ToSafeTensors();
        Assert.Equal(3, budget.Threads);
        Assert.Equal(free, bound);
    }

    [Fact]
    public void The_gauge_reads_what_restoring_the_shrunk_volume_reaches()
    {
        using FloatVolume acquired = Volumes.Rods(new(6, 24, 26), 1);
        var factors = new Factors(2, 2, 2);
        TunedModel model = Tune(acquired, factors, Quick).Model!;
        using FloatVolume coarse = new(new(3, 12, 13)), restored = new(acquired.Shape);
        Resampling.Shrink(acquired, factors, coarse, 1, Cancel);
        float low = Volumes.Samples(acquired).Min(), high = Volumes.Samples(acquired).Max();
        for (int z = 0; z < 3; z++) foreach (ref float sample in coarse.Plane(z)) sample = Math.Clamp(sample, low, high);

        GaugeReading reading = _engine.Gauge(model, acquired, factors, 0, Quick, Cancel)!.Value;

        _engine.Restore(model, coarse, factors, 0, Quick with { Ensemble = false }, restored, out _, Cancel);
        Assert.Equal(Psnr(), reading.ModelDb, 1e-9);
        _engine.Restore(null, coarse, factors, 0, Quick, restored, out _, Cancel);
        Assert.Equal(Psnr(), reading.ProjectedDb, 1e-9);

        double Psnr() => -10 * Math.Log10(
            Volumes.Samples(restored).Zip(Volumes.Samples(acquired), (a, b) => ((double)a - b) * ((double)a - b)).Average());
    }

    [Fact]
    public void A_sample_that_goes_out_of_focus_reads_as_harmful_where_the_network_is()
    {
        var factors = new Factors(1, 2, 2);
        RestorationOptions options = Quick with { Steps = 200, BatchSize = 4, CropPlanes = 4, CropEdgePx = 24, Threads = 2 };
        using FloatVolume sharp = Volumes.Rods(new(10, 96, 96), 2), blurred = Volumes.Blurred(sharp, 3);
        using FloatVolume acquired = Shrunk(sharp), defocused = Shrunk(blurred);
        TunedModel model = Tune(acquired, factors, options).Model!;

        Assert.False(_engine.Gauge(model, acquired, factors, 0, options, Cancel)!.Value.IsHarmful);
        Assert.True(Added(acquired, sharp) > 0, "The model helps in focus.");
        Assert.True(Added(defocused, blurred) < 0, "The model harms out of focus.");
        Assert.True(_engine.Gauge(model, defocused, factors, 0, options, Cancel)!.Value.IsHarmful);

        FloatVolume Shrunk(FloatVolume truth)
        {
            var shrunk = new FloatVolume(new(10, 48, 48));
            Resampling.Shrink(truth, factors, shrunk, 1, Cancel);
            return shrunk;
        }

        double Added(FloatVolume from, FloatVolume truth)
        {
            using FloatVolume with = new(truth.Shape), without = new(truth.Shape);
            _engine.Restore(model, from, factors, 0, options, with, out _, Cancel);
            _engine.Restore(null, from, factors, 0, options, without, out _, Cancel);
            return Quality.Psnr(with, truth) - Quality.Psnr(without, truth);
        }
    }

    [Fact]
    public void A_volume_too_small_to_be_shrunk_has_no_reading()
    {
        using FloatVolume acquired = Volumes.Rods(new(6, 24, 26), 1), flat = Volumes.Rods(new(1, 24, 26), 1);
        TunedModel model = Tune(acquired, new(2, 2, 2), Quick).Model!;
        Assert.Null(_engine.Gauge(model, flat, new(2, 2, 2), 0, Quick, Cancel));
    }

    [Fact]
    public void On_a_volume_that_lost_nothing_the_network_stays_off_or_does_no_harm()
    {
        // Rods twice as wide as those above: sampled so finely that cubic interpolation leaves hardly anything to add, although the
        // shrunk volume suggests there is much.
        using FloatVolume acquired = Volumes.Rods(new(10, 40, 40), 2);
        RestorationOptions options = Quick with { Steps = 150, BatchSize = 4, CropPlanes = 4, CropEdgePx = 24, Threads = 2 };

        TuningResult result = Tune(acquired, new(2, 2, 2), options);

        Assert.True(result.HeldOutDb > result.ProjectedDb + 0.3, result.Reason);
        Assert.InRange(double.Parse(result.Model!.Notes["transfer_gains"], CultureInfo.InvariantCulture), 0, 0.6);
    }

    [Fact]
    public void A_factor_of_four_is_tuned_and_restored_in_two_stages()
    {
        using FloatVolume acquired = Volumes.Rods(new(8, 20, 22), 3);
        var factors = new Factors(4, 2, 4);
        var reports = new List<TuningProgress>();

        TuningResult result = _engine.Tune(Request(acquired, factors, Quick) with { Progress = new Collector(reports) }, Cancel);
        using var restored = new FloatVolume(acquired.Shape.Times(factors));
        _engine.Restore(result.Model, acquired, factors, 0, Quick, restored, out double residual, Cancel);

        Assert.Equal([new Factors(2, 2, 2), new Factors(2, 1, 2)], Assert.IsType<SelfVisionModel>(result.Model).Stages.Select(stage => stage.Factors));
        Assert.Equal(24, result.StepsRun);
        Assert.Equal([0, 1], reports.Select(report => report.Stage).Distinct());
        Assert.Equal(TimeSpan.Zero, reports[^1].Remaining);
        Assert.InRange(residual, 0, 0.05);
        Assert.All(Volumes.Samples(restored), sample => Assert.InRange(sample, 0, 2));
    }

    [Fact]
    public void A_single_plane_of_odd_width_is_tuned_and_restored()
    {
        using FloatVolume acquired = Volumes.Rods(new(1, 40, 33), 4);
        var factors = new Factors(1, 2, 2);

        TuningResult result = Tune(acquired, factors, Quick);
        using var restored = new FloatVolume(acquired.Shape.Times(factors));
        _engine.Restore(result.Model, acquired, factors, 0, Quick, restored, out double residual, Cancel);

        Assert.True(double.IsFinite(result.HeldOutDb));
        Assert.InRange(residual, 0, 0.05);
    }

    [Theory]
    [InlineData(9, 33, 41, 2)]
    [InlineData(5, 8, 9, 2)]
    [InlineData(4, 17, 8, 1)]
    public void Extents_that_are_no_multiple_of_the_factors_are_tuned_and_restored(int z, int y, int x, int factorZ)
    {
        using FloatVolume acquired = Volumes.Rods(new(z, y, x), 6);
        var factors = new Factors(factorZ, 2, 2);

        TuningResult result = Tune(acquired, factors, Quick);
        using var restored = new FloatVolume(acquired.Shape.Times(factors));
        _engine.Restore(result.Model, acquired, factors, 0, Quick, restored, out double residual, Cancel);

        Assert.True(double.IsFinite(result.HeldOutDb));
        Assert.InRange(residual, 0, 0.1);
    }

    [Fact]
    public void The_detail_gain_mixes_the_network_and_its_rival()
    {
        using FloatVolume acquired = Volumes.Rods(new(4, 16, 18), 5);
        var factors = new Factors(2, 2, 2);
        TunedModel model = Tune(acquired, factors, Quick).Model!;
        using FloatVolume full = Restored(model, 1), half = Restored(model, 0.5), none = Restored(model, 0), projected = Restored(null, 1);

        Assert.Equal(Volumes.Samples(projected), Volumes.Samples(none));
        float[] middle = [.. Volumes.Samples(full).Zip(Volumes.Samples(none), (a, b) => (a + b) / 2)];
        Assert.True(Volumes.MaxError(middle, Volumes.Samples(half)) < 1e-6);

        FloatVolume Restored(TunedModel? tuned, double gain)
        {
            var restored = new FloatVolume(acquired.Shape.Times(factors));
            _engine.Restore(tuned, acquired, factors, 0, Quick with { DetailGain = gain }, restored, out _, Cancel);
            return restored;
        }
    }

    [Fact]
    public void Without_a_model_any_volume_is_restored_even_the_smallest()
    {
        using FloatVolume acquired = Volumes.From(new(1, 1, 1), [0.5f]);
        using var restored = new FloatVolume(new(4, 4, 4));
        _engine.Restore(null, acquired, new(4, 4, 4), 0, Quick, restored, out double residual, Cancel);
        Assert.All(Volumes.Samples(restored), sample => Assert.Equal(0.5f, sample, 1e-6f));
        Assert.Equal(0, residual, 1e-6);
    }

    [Fact]
    public void Volumes_that_teach_nothing_are_refused_with_the_reason()
    {
        Refused(Volumes.From(new(4, 16, 16), (_, _, _) => 0.3), "constant");
        Refused(Volumes.From(new(4, 16, 16), (_, y, _) => y < 12 ? 1 : 0.1), "75 %");
        Refused(Volumes.Random(new(4, 7, 16), 1), "too small");
        Refused(Volumes.Random(new(3, 16, 16), 1), "4×8×8");

        void Refused(FloatVolume volume, string reason)
        {
            using (volume)
            {
                string message = Assert.Throws<RestorationException>(() => Tune(volume, new(2, 2, 2), Quick)).Message;
                Assert.Contains(reason, message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_model_for_other_factors_is_refused()
    {
        using FloatVolume acquired = Volumes.Rods(new(4, 16, 16), 6);
        TunedModel model = Tune(acquired, new(2, 2, 2), Quick).Model!;
        using var restored = new FloatVolume(new(4, 32, 32));
        var error = Assert.Throws<RestorationException>(() => _engine.Restore(
            model, acquired, new(1, 2, 2), 0, Quick, restored, out _, Cancel));
        Assert.Contains("2,2,2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_tuning_ends_with_the_token()
    {
        using FloatVolume acquired = Volumes.Rods(new(4, 16, 16), 7);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => _engine.Tune(Request(acquired, new(2, 2, 2), Quick), cancelled.Token));
    }

    private TuningResult Tune(FloatVolume acquired, Factors factors, RestorationOptions options) =>
        _engine.Tune(Request(acquired, factors, options), Cancel);

    private static ImmutableArray<float> Weights(TunedModel? model) => Assert.IsType<SelfVisionModel>(model).Stages[0].Weights;

    private static TuningRequest Request(FloatVolume acquired, Factors factors, RestorationOptions options) =>
        new() { Acquired = acquired, Factors = factors, Floor = 0, Options = options };

    /// <summary>Gives more threads with every report.</summary>
    private sealed class Widening(ThreadBudget budget) : IProgress<TuningProgress>
    {
        public void Report(TuningProgress value) => budget.Threads = Math.Min(budget.Threads + 1, 3);
    }

    private sealed class Collector(List<TuningProgress> reports) : IProgress<TuningProgress>
    {
        public void Report(TuningProgress value) => reports.Add(value);
    }
}
