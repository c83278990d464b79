using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Acquisition.Torch.Adversarial.DualHrgan;

/// <summary>What critics and generators minimise; tensors are the caller's to dispose.</summary>
internal static class Losses
{
    /// <summary>Mean score of fakes less that of reals: critics of a Wasserstein distance make it small.</summary>
    public static Tensor Difference(PatchCritic critic, Tensor fake, Tensor real) => critic.call(fake).mean() - critic.call(real).mean();

    /// <summary>Mean over samples of (|∇D| − 1)², D being the mean score of a sample's patches (Gulrajani et al. 2017). Gradients pass through it.</summary>
    /// <param name="between">On the way from reals to fakes; of no graph.</param>
    public static Tensor Penalty(PatchCritic critic, Tensor between)
    {
        using var scope = NewDisposeScope();
        Tensor place = between.detach().requires_grad_();
        Tensor score = critic.call(place).flatten(1).mean([1]).sum();
        // Samples do not see one another, so that the gradient of the sum is each one's own.
        Tensor slope = autograd.grad([score], [place], retain_graph: true, create_graph: true)[0];
        return (slope.flatten(1).norm(1) - 1).square().mean().MoveToOuterDisposeScope();
    }

    /// <summary>Somewhere between real and fake, each sample as far as its share says.</summary>
    public static Tensor Between(Tensor fake, Tensor real, Tensor share) => fake + share * (real - fake);

    /// <summary>What generators minimise on blocks of both kinds.</summary>
    /// <param name="fine">Where there are more than coarse ones, only the coarse critic judges what is made of the others.</param>
    /// <param name="consistency">Weight of the agreement of means with what was enlarged, now.</param>
    /// <param name="detected">What a detector makes of the light of coarse volumes.</param>
    /// <param name="blur">What F is held to, if anything is.</param>
    public static GeneratorLosses Generators(
        FineGenerator restore, CoarseGenerator degrade, PatchCritic fineCritic, PatchCritic coarseCritic,
        Tensor coarse, Tensor fine, DualHrganSettings settings, double consistency, Func<Tensor, Tensor> detected, MeasuredBlur? blur)
    {
        int margin = settings.Margin, fineMargin = margin * FineGrid.Finer;
        Tensor restored = restore.call(coarse), light = degrade.call(fine), degraded = detected(light);
        Tensor heldTo = blur is null ? zeros([], device: fine.device) : Agreement(light, blur.On(fine), margin);
        fine = fine.narrow(0, 0, coarse.shape[0]);
        Tensor fineCycle = FineCycle(restore, degraded.narrow(0, 0, coarse.shape[0]), fine, settings), coarseAgain = FineGrid.Inside(degrade.call(restored), margin);
        (coarse, fine) = (FineGrid.Inside(coarse, margin), FineGrid.Inside(fine, fineMargin));
        (restored, degraded) = (FineGrid.Inside(restored, fineMargin), FineGrid.Inside(degraded, margin));
        Tensor fineAdversary = -fineCritic.call(restored).mean(), coarseAdversary = -coarseCritic.call(degraded).mean();
        Tensor coarseCycle = functional.l1_loss(coarseAgain, coarse);
        Tensor agreement = functional.l1_loss(FineGrid.Means(restored), coarse);
        var (fineWeight, coarseWeight) = (PerBlock(settings.FineAdversaryWeight, fine, settings), PerBlock(settings.CoarseAdversaryWeight, coarse, settings));
        Tensor degradation = coarseWeight * coarseAdversary + settings.CycleWeight * coarseCycle + settings.BlurWeight * heldTo;
        Tensor total = fineWeight * fineAdversary + settings.CycleWeight * fineCycle + degradation + consistency * agreement;
        return new GeneratorLosses(fineAdversary, coarseAdversary, fineCycle, coarseCycle, agreement, degradation, total);
    }

    /// <summary>Mean |G(F(h)) − h|.</summary>
    /// <param name="degraded">F(h), as detected.</param>
    /// <param name="fine">h.</param>
    public static Tensor FineCycle(FineGenerator restore, Tensor degraded, Tensor fine, DualHrganSettings settings)
    {
        int margin = settings.Margin * FineGrid.Finer;
        return functional.l1_loss(FineGrid.Inside(restore.call(degraded), margin), FineGrid.Inside(fine, margin));
    }

    /// <summary>What the generator of coarse volumes minimises while it learns alone.</summary>
    /// <param name="consistency">Weight of the agreement with means, now; where <paramref name="blur"/> is known, it is that which agreement is with, and settings tell the weight.</param>
    /// <param name="detected">What a detector makes of the light of coarse volumes.</param>
    public static (Tensor Adversary, Tensor Agreement, Tensor Total) Degradation(
        CoarseGenerator degrade, PatchCritic critic, Tensor fine, DualHrganSettings settings, double consistency, Func<Tensor, Tensor> detected, MeasuredBlur? blur)
    {
        Tensor light = degrade.call(fine), degraded = FineGrid.Inside(light, settings.Margin), adversary = -critic.call(detected(degraded)).mean();
        Tensor agreement = Agreement(light, blur?.On(fine) ?? FineGrid.Means(fine), settings.Margin);
        double weight = blur is null ? consistency : settings.BlurWeight;
        return (adversary, agreement, PerBlock(settings.CoarseAdversaryWeight, degraded, settings) * adversary + weight * agreement);
    }

    private static Tensor Agreement(Tensor made, Tensor expected, int margin) => functional.l1_loss(FineGrid.Inside(made, margin), FineGrid.Inside(expected, margin));

    private static double PerBlock(double weight, Tensor blocks, DualHrganSettings settings) =>
        settings.AdversaryIsPerVoxel ? weight / Math.Sqrt(blocks.numel() / blocks.shape[0]) : weight;
}
