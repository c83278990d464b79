using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Tests.Bindings.TorchSharp;
using Acquisition.Torch.Adversarial.DualHrgan;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Acquisition.Tests.Torch.Adversarial.DualHrgan;

[Collection(LibTorchPresence.Collection)]
public sealed class DualHrganLossTests
{
    /// <summary>As tests/oracles/dual_hrgan.py has it.</summary>
    private static readonly DetectorNoise Noise = new(0.01, 0.05);

    private static readonly MeasuredBlur Blur = new(1.3, 0.7, 2);

    public DualHrganLossTests() => TorchCases.Require();

    [Fact]
    public void Critics_minimise_what_pytorch_does_with_second_order_gradients_through_the_penalty()
    {
        using DisposeScope scope = NewDisposeScope();
        using var at = new DualHrganCase(DualHrganCase.Tiny);
        (Tensor fakeFine, Tensor realFine) = (DualHrganCase.Volume(1, 16, 17, 18), DualHrganCase.Volume(2, 16, 17, 18));
        (Tensor fakeCoarse, Tensor realCoarse) = (DualHrganCase.Volume(3, 9, 8, 10), DualHrganCase.Volume(4, 9, 8, 10));
        Tensor share = tensor([0.25f, 0.8f]).reshape(2, 1, 1, 1, 1).to(DualHrganCase.Placed);
        Tensor betweenFine = Losses.Between(fakeFine, realFine, share), betweenCoarse = Losses.Between(fakeCoarse, realCoarse, share);
        Assert.True(betweenFine[0].allclose(0.75 * fakeFine[0] + 0.25 * realFine[0], rtol: 1e-5, atol: 1e-6));
        at.Ask(
            "critics", 0, ("fake_fine", fakeFine), ("real_fine", realFine), ("between_fine", betweenFine),
            ("fake_coarse", fakeCoarse), ("real_coarse", realCoarse), ("between_coarse", betweenCoarse));

        Tensor[] losses =
        [
            Losses.Difference(at.FineCritic, fakeFine, realFine), Losses.Penalty(at.FineCritic, betweenFine),
            Losses.Difference(at.CoarseCritic, fakeCoarse, realCoarse), Losses.Penalty(at.CoarseCritic, betweenCoarse),
        ];
        Close(at.Answer("losses"), [.. losses.Select(loss => loss.item<float>())]);
        (losses[0] + at.Settings.PenaltyWeight * losses[1]).backward();
        (losses[2] + at.Settings.PenaltyWeight * losses[3]).backward();
        Close(at.Answer("gradient_fine_critic"), Gradient(at.FineCritic));
        Close(at.Answer("gradient_coarse_critic"), Gradient(at.CoarseCritic));
    }

    [Theory]
    [InlineData(false, 5)]
    [InlineData(true, 0)]
    public void Generators_minimise_what_pytorch_does(bool isPaper, double consistency)
    {
        using DisposeScope scope = NewDisposeScope();
        using var at = new DualHrganCase(isPaper ? DualHrganCase.TinyPaper : DualHrganCase.Tiny with { BlurWeight = 3 });
        Tensor coarse = DualHrganCase.Volume(1, 10, 11, 12), fine = DualHrganCase.Volume(2, 30, 33, 36);
        if (!isPaper) fine = cat([fine, DualHrganCase.Volume(5, 30, 33, 36)]);
        Tensor normal = DualHrganCase.Volume(6, 10, 11, 12).repeat(fine.shape[0] / coarse.shape[0], 1, 1, 1, 1);
        at.Ask("generators", consistency, ("coarse", coarse), ("fine", fine), ("normal", normal));
        GeneratorLosses losses = Losses.Generators(
            at.Restore, at.Degrade, at.FineCritic, at.CoarseCritic, coarse, fine, at.Settings, consistency, light => Noise.On(light, normal), isPaper ? null : Blur);
        Tensor[] terms = [losses.FineAdversary, losses.CoarseAdversary, losses.FineCycle, losses.CoarseCycle, losses.Agreement, losses.Degradation, losses.Total];
        Close(at.Answer("losses"), [.. terms.Select(loss => loss.item<float>())]);
        losses.Total.backward(retain_graph: true, inputs: [.. at.Restore.parameters(), .. at.Degrade.parameters()]);
        Close(at.Answer("gradient_generator"), Gradient(at.Restore));
        Close(at.Answer("gradient_degradation"), Gradient(at.Degrade));
        foreach (var parameter in at.Degrade.parameters()) parameter.grad!.zero_();
        losses.Degradation.backward(inputs: [.. at.Degrade.parameters()]);
        Close(at.Answer("gradient_degradation_apart"), Gradient(at.Degrade));
        Assert.All(at.FineCritic.parameters().Concat(at.CoarseCritic.parameters()), parameter => Assert.Null(parameter.grad));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void While_it_learns_alone_the_generator_of_coarse_volumes_minimises_what_pytorch_does(bool isHeld)
    {
        using DisposeScope scope = NewDisposeScope();
        using var at = new DualHrganCase(DualHrganCase.Tiny with { BlurWeight = isHeld ? 3 : 0 });
        Tensor fine = DualHrganCase.Volume(2, 30, 33, 36);
        at.Ask("degradation", 2, ("fine", fine));
        var losses = Losses.Degradation(at.Degrade, at.CoarseCritic, fine, at.Settings, 2, light => light, isHeld ? Blur : null);
        Close(at.Answer("losses"), [losses.Adversary.item<float>(), losses.Agreement.item<float>(), losses.Total.item<float>()]);
        losses.Total.backward(inputs: [.. at.Degrade.parameters()]);
        Close(at.Answer("gradient_degradation"), Gradient(at.Degrade));
    }

    [Fact]
    public void The_penalty_of_a_linear_critic_is_its_kernels_distance_from_length_one()
    {
        using DisposeScope scope = NewDisposeScope();
        DualHrganSettings settings = DualHrganCase.Tiny with { CoarseCriticFeatures = [1] };
        using PatchCritic critic = PatchCritic.Coarse(settings);
        using (no_grad())
        {
            foreach (var parameter in critic.parameters()) parameter.zero_();
            // Both convolutions pass on the voxel itself, twice and thrice as bright: a mean over 8 voxels has the slope 6/8 at each of them.
            critic.parameters().ElementAt(0)[0, 0, 1, 1].narrow(0, 1, 1).fill_(2);
            critic.parameters().ElementAt(2)[0, 0, 1, 1].narrow(0, 1, 1).fill_(3);
        }

        double length = Math.Sqrt(8 * Math.Pow(6.0 / 8, 2));
        Assert.Equal(Math.Pow(length - 1, 2), Losses.Penalty(critic, ones([3, 1, 2, 2, 2])).item<float>(), 1e-5);
    }

    [Fact]
    public void Noise_of_photons_and_of_reading_is_found_in_volumes_that_are_not_flat()
    {
        // Camera units: 8 a photon over 100, 30 of reading; up to 200 photons, blurred light that changes by a few parts in a hundred from voxel to voxel.
        const double Unit = 8, Offset = 100, Reading = 30, Width = 1600;
        var chance = new Random(7);
        using var volume = new FloatVolume(new VolumeShape(40, 60, 60));
        for (int z = 0; z < 40; z++)
        {
            Span<float> plane = volume.Plane(z);
            for (int i = 0; i < plane.Length; i++)
            {
                double wave = Math.Sin(z / 9.0) * Math.Cos(i / 60 / 8.0) * Math.Sin(i % 60 / 10.0), photons = 200 * wave * wave;
                // Normal with the variance of a Poisson variable.
                plane[i] = (float)(Offset + Unit * (photons + Math.Sqrt(photons) * Normal(chance)) + Reading * Normal(chance));
            }
        }

        DetectorNoise found = DetectorNoise.Of([volume], new IntensityScale((float)Offset, (float)(Offset + Width)));
        Assert.Equal(Unit / Width, found.Slope, 0.1 * Unit / Width);
        Assert.Equal(Math.Pow(Reading / Width, 2), found.Floor, 0.3 * Math.Pow(Reading / Width, 2));
    }

    [Fact]
    public void What_a_detector_makes_of_light_has_the_lights_mean_and_the_noise_s_variance()
    {
        using DisposeScope scope = NewDisposeScope();
        using var chance = new Generator(3);
        Tensor light = full([1, 1, 50, 60, 70], 0.5f, requires_grad: true), seen = Noise.On(light, randn(light.shape, generator: chance));
        Assert.Equal(0.5, seen.mean().item<float>(), 0.003);
        Assert.Equal(0.01 + 0.05 * 0.5, seen.var().item<float>(), 0.001);
        seen.sum().backward();
        Assert.All(DualHrganCase.Samples(light.grad!), slope => Assert.Equal(1, slope));
    }

    private static double Normal(Random chance) => Math.Sqrt(-2 * Math.Log(1 - chance.NextDouble())) * Math.Cos(2 * Math.PI * chance.NextDouble());

    private static float[] Gradient(nn.Module network) => [.. network.parameters().SelectMany(parameter => DualHrganCase.Samples(parameter.grad!))];

    private static void Close(float[] wanted, float[] found) => Assert.InRange(TorchCases.Relative(wanted, found), 0, 5e-5);
}
