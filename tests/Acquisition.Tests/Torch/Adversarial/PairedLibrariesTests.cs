using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Registration;
using Acquisition.Tests.Restoration.Registration;
using Acquisition.Tests.Support;
using Acquisition.Torch.Adversarial;
using Xunit;

namespace Acquisition.Tests.Torch.Adversarial;

public sealed class PairedLibrariesTests
{
    private static readonly RegistrationOptions Options = new() { Threads = 2, TilePx = 128 };

    [Fact]
    public void Targets_come_to_lie_over_inputs_and_what_lies_right_is_left_alone()
    {
        BlobScene first = new(160, 150, seed: 1), second = new(160, 150, seed: 2);
        using FloatVolume input = first.Picture(blur: 1.5), target = first.Picture((_, _) => (2.6, -1.3)), same = second.Picture();
        using PairedLibraries pairs = Register([input, same], [target, same], planesApart: true);
        Assert.Same(same, pairs.Targets[1]);
        Assert.NotSame(target, pairs.Targets[0]);
        using FloatVolume wanted = first.Picture();
        UsableArea area = Assert.Single(pairs.Usable[0]);
        Assert.Equal(new PlaneBox(0, 2, 157, 148), area.Inside);
        for (int y = 8; y < 150; y++)
        {
            // Spots are 10 to 50 high, and interpolation takes up to 3 % off the narrowest.
            for (int x = 8; x < 140; x++) Assert.Equal(wanted.Plane(0)[y * 150 + x], pairs.Targets[0].Plane(0)[y * 150 + x], 6.0);
        }

        Assert.Equal("2.91", pairs.Settings["registration_shift_largest_px"]);
        Assert.Equal("0 of 2", pairs.Settings["registration_rejected_images"]);
    }

    [Fact]
    public void Planes_of_a_two_dimensional_library_lie_off_each_by_itself_and_those_of_a_volume_alike()
    {
        BlobScene scene = new(96, 96, seed: 3);
        using FloatVolume one = scene.Picture((_, _) => (1.5, 0)), other = scene.Picture((_, _) => (-2.5, 1)), still = scene.Picture();
        using FloatVolume input = Stack(still, still), apart = Stack(one, other), together = Stack(one, one);
        using (PairedLibraries pairs = Register([input], [apart], planesApart: true))
        {
            Assert.Equal([new PlaneBox(0, 0, 94, 96), new PlaneBox(3, 0, 93, 95)], pairs.Usable[0].Select(area => area.Inside));
        }

        using PairedLibraries alike = Register([input], [together], planesApart: false);
        Assert.Equal(new PlaneBox(0, 0, 94, 96), Assert.Single(alike.Usable[0]).Inside);
    }

    [Fact]
    public void Patches_are_taken_only_from_where_both_show_the_same()
    {
        BlobScene scene = new(256, 512, seed: 5), other = new(256, 512, seed: 6);
        using FloatVolume input = scene.Picture(), target = scene.Picture((_, _) => (1.4, 0.6)), strange = other.Picture(), empty = new(input.Shape);
        for (int y = 0; y < 256; y++) strange.Plane(0).Slice(y * 512 + 256, 256).CopyTo(target.Plane(0).Slice(y * 512 + 256, 256));
        using PairedLibraries pairs = Register([input, input, input], [target, strange, empty], planesApart: true);
        Assert.Equal("2 of 3", pairs.Settings["registration_rejected_images"]);
        Assert.Equal((0L, 0L), (pairs.Usable[1][0].Places(8, 8), pairs.Usable[2][0].Places(8, 8)));

        var sampler = new PatchSampler([input, input, input], new IntensityScale(0, 1), new VolumeShape(1, 32, 32), pairs.Usable);
        var random = new Random(1);
        var seen = new HashSet<(int, int)>();
        for (int i = 0; i < 2000; i++)
        {
            PatchPlace place = sampler.Draw(random);
            Assert.Equal(0, place.Image);
            Assert.True(pairs.Usable[0][0].Holds(new(place.Y, place.X, 32, 32)));
            Assert.InRange(place.X + 32, 0, 320);
            seen.Add((place.Y, place.X));
        }

        Assert.InRange(seen.Count, 1000, 2000);
        Assert.Contains("so much lies over its partner", Assert.Throws<RestorationException>(
            () => new PatchSampler([input, input, input], new IntensityScale(0, 1), new VolumeShape(1, 256, 256), pairs.Usable)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Libraries_that_do_not_pair_up_are_refused()
    {
        using FloatVolume one = new BlobScene(64, 64, seed: 7).Picture(), other = new BlobScene(64, 64, seed: 8).Picture(), wide = new(new(1, 64, 80));
        Assert.Contains("as many", Refusal([one, other], [one]), StringComparison.Ordinal);
        Assert.Contains("compare both lists", Refusal([one, other], [other, one]), StringComparison.Ordinal);
        Assert.Contains("one shape", Refusal([one], [wide]), StringComparison.Ordinal);

        static string Refusal(ImmutableArray<FloatVolume> inputs, ImmutableArray<FloatVolume> targets) =>
            Assert.Throws<RestorationException>(() => Register(inputs, targets, planesApart: true)).Message;
    }

    private static PairedLibraries Register(ImmutableArray<FloatVolume> inputs, ImmutableArray<FloatVolume> targets, bool planesApart) =>
        PairedLibraries.Register(inputs, targets, planesApart, Options, TestContext.Current.CancellationToken);

    private static FloatVolume Stack(FloatVolume first, FloatVolume second) => Volumes.From(
        first.Shape with { Z = 2 }, [.. Volumes.Samples(first), .. Volumes.Samples(second)]);
}
