using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Tests.Support;
using Acquisition.Torch.Adversarial;
using Xunit;

namespace Acquisition.Tests.Torch.Adversarial;

public sealed class OfflineEngineTests
{
    private static readonly ScanPlan Plan = Scans.Plan(undersampling: Factors.One) with { Objective = "20x/0.5" };

    private static readonly LibraryCard Library = new()
    {
        Images = 2, Voxels = 100, Fingerprint = "ab", VoxelSize = Plan.VoxelSize, Objective = "20X/0.5", Gain = 2, Scale = new IntensityScale(100, 500),
    };

    private static readonly MicroscopeSetting Setting = new(null, 2);

    public static TheoryData<string, string> Unfit => new()
    {
        { "undersampled", "The scan is undersampled by 1,2,2 (z,y,x), and c2gan restores scans that are not" },
        { "pixels", "The scan's voxels measure 0.6 µm in x, and the model was trained on 0.5 µm; up to 10 % of difference is accepted" },
        { "objective", "The model was trained with the objective '20X/0.5', and the scan is made with '40x/0.9'" },
        { "silent", "and the microscope does not announce its own; give prediction.objective" },
        { "gain", "The model was trained at a detector gain of 2, and the scan is made at 3" },
        { "no gain", "The model was trained at a detector gain of 2; give the scan's as prediction.gain" },
    };

    [Theory, MemberData(nameof(Unfit))]
    public void A_scan_that_is_not_what_was_learned_from_is_refused(string what, string reason)
    {
        var (plan, setting) = what switch
        {
            "undersampled" => (Plan with { Undersampling = new(1, 2, 2) }, Setting),
            "pixels" => (Plan with { VoxelSize = Plan.VoxelSize with { XUm = 0.6 } }, Setting),
            "objective" => (Plan with { Objective = "40x/0.9" }, Setting),
            "silent" => (Plan with { Objective = null }, Setting),
            "gain" => (Plan, Setting with { Gain = 3 }),
            _ => (Plan, Setting with { Gain = null }),
        };
        Assert.Contains(reason, Assert.Throws<RestorationException>(() => Restoration(plan, setting)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1.09)]
    [InlineData(0.91)]
    public void Planes_may_lie_at_any_distance_and_pixels_differ_a_little(double factor)
    {
        ScanPlan plan = Plan with { VoxelSize = new VoxelSize { ZUm = 5, YUm = 0.5 * factor, XUm = 0.5 * factor } };
        // It gets as far as the weights, of which there are none here.
        Assert.Throws<DataFormatException>(() => Restoration(plan, Setting));
    }

    [Fact]
    public void What_a_person_says_of_the_objective_goes_before_what_is_announced() =>
        Assert.Throws<DataFormatException>(() => Restoration(Plan with { Objective = "40x/0.9" }, Setting with { Objective = "20x/0.5" }));

    [Fact]
    public void Without_weights_planes_come_back_unchanged()
    {
        var planes = new List<float[]>();
        using var stream = new UnpredictedStream(new VolumeShape(2, 1, 3), 1, (_, plane) => planes.Add(plane.ToArray()));
        stream.Push([1, 2, 3], nextAtHand: true, CancellationToken.None);
        stream.Push([4, 5, 6], nextAtHand: false, CancellationToken.None);
        Assert.Equal([1, 2, 3, 4, 5, 6], planes.SelectMany(plane => plane));
        Assert.Equal(0, stream.Complete());
    }

    [Fact]
    public void Without_weights_a_finer_grid_is_filled_linearly_between_the_middles_of_voxels()
    {
        var planes = new List<float>();
        using var stream = new UnpredictedStream(new VolumeShape(2, 1, 1), 3, (_, plane) =>
        {
            Assert.Equal(9, plane.Length);
            planes.Add(Assert.Single(plane.ToArray().Distinct()));
        });
        stream.Push([0], nextAtHand: true, CancellationToken.None);
        stream.Push([3], nextAtHand: false, CancellationToken.None);
        // Fine samples stand at -1/3, 0, 1/3, 2/3, 1, 4/3; their means over voxels are 1/3 and 8/3.
        Assert.Equal([0, 0, 1, 2, 3, 3], planes.Select(sample => Math.Round(sample, 5)));
        Assert.Equal(1 / 3.0, stream.Complete(), 1e-6);
    }

    [Fact]
    public void A_card_survives_being_written_and_what_is_none_is_refused()
    {
        ModelCard card = Card(Library);
        ModelCard again = ModelCard.FromJson(card.ToJson());
        Assert.Equal(card with { Settings = again.Settings, Scores = again.Scores }, again);
        Assert.Equal(card.Settings, again.Settings);
        Assert.Equal(card.Scores, again.Scores);
        Assert.Contains("cannot be read", Assert.Throws<DataFormatException>(() => ModelCard.FromJson("{\"method\":3}")).Message, StringComparison.Ordinal);
        byte[] none = SafeTensors.Write([], ImmutableSortedDictionary<string, string>.Empty);
        Assert.Contains("have no card", Assert.Throws<DataFormatException>(() => OfflineModel.FromSafeTensors(none)).Message, StringComparison.Ordinal);
    }

    private static ScanRestoration Restoration(ScanPlan plan, MicroscopeSetting setting) =>
        OfflineEngine.Restoration(plan, new OfflineModel(Card(Library), ImmutableSortedDictionary<string, SafeTensor>.Empty), setting, new PredictorOptions());

    private static ModelCard Card(LibraryCard library) => new()
    {
        Method = ModelNames.C2Gan,
        Preset = TrainingPreset.Small,
        Steps = 10,
        Seed = 1,
        Input = library,
        Target = library with { Objective = null, Gain = null },
        Settings = ImmutableSortedDictionary<string, string>.Empty.Add("a", "1"),
        Scores = ImmutableSortedDictionary<string, double>.Empty.Add("psnr", 31.25),
    };
}
