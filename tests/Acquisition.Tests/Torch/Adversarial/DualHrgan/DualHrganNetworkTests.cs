using Acquisition.Tests.Bindings.TorchSharp;
using Acquisition.Torch.Adversarial;
using Acquisition.Torch.Adversarial.DualHrgan;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Acquisition.Tests.Torch.Adversarial.DualHrgan;

[Collection(LibTorchPresence.Collection)]
public sealed class DualHrganNetworkTests
{
    public DualHrganNetworkTests() => TorchCases.Require();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Networks_give_what_pytorch_gives_with_their_weights(bool isPaper)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        using var at = new DualHrganCase(isPaper ? DualHrganCase.TinyPaper : DualHrganCase.Tiny);
        Tensor coarse = DualHrganCase.Volume(1, 8, 9, 11), fine = DualHrganCase.Volume(2, 24, 27, 18);
        at.Ask("forward", 0, ("coarse", coarse), ("fine", fine));
        Tensor restored = at.Restore.call(coarse);
        Assert.Equal([2, 1, 24, 27, 33], restored.shape);
        Close(at.Answer("restored"), restored);
        Close(at.Answer("taken_back"), at.Degrade.call(restored));
        Close(at.Answer("degraded"), at.Degrade.call(fine));
        Close(at.Answer("fine_score"), at.FineCritic.call(fine));
        Close(at.Answer("coarse_score"), at.CoarseCritic.call(coarse));
    }

    [Fact]
    public void The_papers_generator_has_the_weights_of_wdsr_b_with_32_features()
    {
        using var generator = new FineGenerator(DualHrganSettings.Of(TrainingPreset.Literal));
        long kernels = generator.named_parameters().Where(parameter => parameter.name.EndsWith("weight_v", StringComparison.Ordinal)).Sum(parameter => parameter.parameter.numel());
        Assert.Equal(27 * 32 + 8 * (32 * 192 + 192 * 25 + 27 * 25 * 32) + 27 * 32 * 27, kernels);
        // About 286 thousand in all.
        Assert.InRange(generator.parameters().Sum(parameter => parameter.numel()), 285_500, 290_000);
    }

    [Fact]
    public void The_papers_critics_have_eleven_and_five_convolutions_and_come_to_grids_of_3_and_4()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        DualHrganSettings paper = DualHrganSettings.Of(TrainingPreset.Literal) with { FineCriticFeatures = [1, 1, 1, 1, 1], CoarseCriticFeatures = [1, 1, 1, 1] };
        using PatchCritic fine = PatchCritic.Fine(paper), coarse = PatchCritic.Coarse(paper);
        Assert.Equal(2 * 11, fine.parameters().Count());
        Assert.Equal(2 * 5, coarse.parameters().Count());
        Assert.Equal([1, 1, 3, 3, 3], fine.call(zeros([1, 1, 96, 96, 96])).shape);
        Assert.Equal([1, 1, 4, 4, 4], coarse.call(zeros([1, 1, 32, 32, 32])).shape);
    }

    [Fact]
    public void A_generator_that_adds_to_the_enlarged_input_gives_that_while_its_tail_is_silent()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        using var generator = new FineGenerator(DualHrganCase.Tiny);
        using var chance = new Generator(5);
        generator.Draw(chance);
        generator.state_dict()["tail.weight_g"].zero_();
        // A straight line between borders is what interpolation keeps: fine voxel j stands at (j + 1/2)/3 - 1/2.
        Tensor line = arange(6, ScalarType.Float32).reshape(1, 1, 1, 1, 6).expand(1, 1, 4, 4, 6).contiguous();
        float[] found = DualHrganCase.Samples(generator.call(line)[0, 0, 5, 7]);
        for (int j = 0; j < 18; j++) Assert.Equal(Math.Clamp((j + 0.5) / 3 - 0.5, 0, 5), found[j], 1e-5);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_generator_of_coarse_volumes_begins_by_moving_nothing(bool isPaper)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        using var generator = new CoarseGenerator((isPaper ? DualHrganCase.TinyPaper : DualHrganCase.Tiny) with { AddsMeans = false });
        using var chance = new Generator(5);
        generator.Draw(chance);
        Tensor fine = DualHrganCase.Volume(1, 12, 15, 18).cpu(), coarse = generator.call(fine);
        for (int axis = 2; axis < 5; axis++) Assert.True(generator.call(fine.flip(axis)).allclose(coarse.flip(axis), rtol: 1e-4, atol: 1e-5));
        Assert.True(generator.call(2 * fine).allclose(2 * coarse, rtol: 1e-4, atol: 1e-5));
        Assert.True(coarse.std().item<float>() > 0.01);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_coarse_voxel_comes_from_the_fine_voxels_that_it_covers_and_as_many_more_as_the_radius_says(bool isPaper)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        using var at = new DualHrganCase(isPaper ? DualHrganCase.TinyPaper : DualHrganCase.Tiny);
        int radius = CoarseGenerator.Radius(at.Settings), reach = FineGenerator.Radius(at.Settings), middle = 8;
        Tensor changed = zeros([1, 1, 51, 51, 51]).to(DualHrganCase.Placed), coarse = zeros([1, 1, 17, 17, 17]).to(DualHrganCase.Placed);
        changed[0, 0, 3 * middle + 1, 3 * middle + 1].narrow(0, 3 * middle, 3).fill_(1);
        coarse[0, 0, middle, middle].narrow(0, middle, 1).fill_(1);
        Assert.Equal((middle - radius, middle + radius), Reached(at.Degrade.call(changed) - at.Degrade.call(zeros_like(changed))));
        Assert.Equal((3 * (middle - reach), 3 * (middle + reach) + 2), Reached(at.Restore.call(coarse) - at.Restore.call(zeros_like(coarse))));
    }

    /// <summary>First and last place along x where a volume is not 0.</summary>
    private static (int First, int Last) Reached(Tensor difference)
    {
        float[] along = DualHrganCase.Samples(difference.abs().amax(0, 1, 2, 3));
        return (Array.FindIndex(along, value => value > 0), Array.FindLastIndex(along, value => value > 0));
    }

    private static void Close(float[] wanted, Tensor found)
    {
        Assert.True(wanted.Max() - wanted.Min() > 1e-3);
        Assert.InRange(TorchCases.Relative(wanted, DualHrganCase.Samples(found)), 0, 2e-5);
    }
}
