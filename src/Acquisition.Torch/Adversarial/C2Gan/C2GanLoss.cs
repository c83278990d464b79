using static TorchSharp.torch;

namespace Acquisition.Torch.Adversarial.C2Gan;

/// <summary>What the networks make small.</summary>
internal static class C2GanLoss
{
    /// <summary>The generators' terms, by name and unweighted: how far both discriminators are from being deceived (least squares, Mao et al. 2017),
    /// both cycles' mean absolute errors, and how much content and background changed sides on both ways.</summary>
    /// <remarks>The last compares b with F(b): the code of 2020 has G(b) there, which no generator is to make.</remarks>
    public static (Tensor AdversaryA, Tensor AdversaryB, Tensor CycleA, Tensor CycleB, Tensor Content) Terms(
        C2GanNetworks networks, C2GanPair pair, ContentMask mask, double slope, double label) => (
            Apart(networks.JudgeA.call(pair.FakeA), label),
            Apart(networks.JudgeB.call(pair.FakeB), label),
            (pair.BackA - pair.A).abs().mean(),
            (pair.BackB - pair.B).abs().mean(),
            mask.Disagreement(pair.A, pair.FakeB, slope).mean() + mask.Disagreement(pair.FakeA, pair.B, slope).mean());

    /// <summary>What a discriminator makes small: its answers' distance from the label for real images, and from 0 for generated ones.</summary>
    public static Tensor Judgement(PatchDiscriminator judge, Tensor real, Tensor fake, double label) =>
        (Apart(judge.call(real), label) + Apart(judge.call(fake), 0)) / 2;

    private static Tensor Apart(Tensor answers, double label) => answers.sub(label).square().mean();
}
