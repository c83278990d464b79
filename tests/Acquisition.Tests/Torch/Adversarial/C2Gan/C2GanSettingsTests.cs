using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Torch.Adversarial;
using Acquisition.Torch.Adversarial.C2Gan;
using Xunit;

namespace Acquisition.Tests.Torch.Adversarial.C2Gan;

public sealed class C2GanSettingsTests
{
    [Fact]
    public void The_learning_rate_stays_for_half_of_the_steps_and_then_falls_in_a_line_to_0()
    {
        var settings = new C2GanSettings { Steps = 100, LearningRate = 0.02 };
        Assert.Equal(0.02, settings.RateAt(1));
        Assert.Equal(0.02, settings.RateAt(51));
        Assert.Equal(0.01, settings.RateAt(76), 1e-12);
        Assert.Equal(0.0004, settings.RateAt(100), 1e-12);
    }

    [Fact]
    public void Contents_weight_fades_and_its_masks_sharpen()
    {
        var settings = new C2GanSettings { Steps = 100, ContentWeight = 10, ContentFloor = 2, ContentDecay = 6, FirstSlope = 10, LastSlope = 40 };
        Assert.Equal(10, settings.ContentWeightAt(1));
        Assert.Equal(2 + 8 * Math.Exp(-3), settings.ContentWeightAt(51), 1e-12);
        Assert.Equal(10, settings.SlopeAt(1));
        Assert.Equal(20, settings.SlopeAt(51), 1e-12);
    }

    [Fact]
    public void The_papers_settings_are_those_of_its_code_of_2020()
    {
        C2GanSettings literal = C2GanSettings.Of(TrainingPreset.Literal);
        Assert.Equal(5 * Math.Exp(-3), literal.ContentWeightAt(100_001), 1e-9);
        Assert.Equal((200_000, 128, 64, 6, 2e-4, 10.0, 0.9, 10.0, 50), (
            literal.Steps, literal.PatchPx, literal.Channels, literal.Blocks, literal.LearningRate, literal.CycleWeight, literal.RealLabel, literal.SlopeAt(150_000), literal.PoolImages));
    }

    [Fact]
    public void Settings_can_be_changed_by_the_names_that_a_card_has()
    {
        C2GanSettings small = C2GanSettings.Of(TrainingPreset.Small);
        C2GanSettings changed = small.With(Changes(("content_weight", "0"), ("channels", "8")));
        Assert.Equal(small with { ContentWeight = 0, Channels = 8 }, changed);
        Assert.Equal("0", changed.ByName()["content_weight"]);
        Assert.Equal(small, small.With(small.ByName()));
        Assert.Contains("channels", Assert.Throws<RestorationException>(() => small.With(Changes(("chanels", "8")))).Message);
        Assert.Throws<RestorationException>(() => small.With(Changes(("channels", "many"))));
        Assert.Throws<RestorationException>(() => small.With(Changes(("channels", "0"))));
    }

    [Fact]
    public void A_card_without_a_setting_is_refused()
    {
        using ImageLibraryOwner input = new(C2GanCase.Library(2, 16, 16, 1));
        var card = new ModelCard
        {
            Method = ModelNames.C2Gan,
            Preset = TrainingPreset.Small,
            Steps = 1,
            Seed = 0,
            Input = input.Library.Card,
            Target = input.Library.Card,
            Settings = C2GanCase.Settings.ByName(),
            Scores = ImmutableSortedDictionary<string, double>.Empty,
        };
        Assert.Equal(C2GanCase.Settings, C2GanSettings.Of(card));
        Assert.Contains("last_slope", Assert.Throws<DataFormatException>(() => C2GanSettings.Of(card with { Settings = card.Settings.Remove("last_slope") })).Message);
        Assert.Throws<DataFormatException>(() => C2GanSettings.Of(card with { Settings = card.Settings.SetItem("blocks", "-1") }));
        Assert.Throws<DataFormatException>(() => C2GanTraining.Read(card));
    }

    private static ImmutableSortedDictionary<string, string> Changes(params (string Name, string Value)[] changes) =>
        changes.ToImmutableSortedDictionary(change => change.Name, change => change.Value, StringComparer.Ordinal);
}
