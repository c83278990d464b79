using static TorchSharp.torch;

namespace Acquisition.Torch.Adversarial.C2Gan;

/// <summary>One image of each kind, what both generators make of them, and what comes back; all in the networks' −1 to 1.</summary>
/// <param name="A">Of the input's kind.</param>
/// <param name="B">Of the target's kind; does not show what <paramref name="A"/> shows.</param>
/// <param name="FakeA">F(B).</param>
/// <param name="FakeB">G(A).</param>
/// <param name="BackA">F(G(A)).</param>
/// <param name="BackB">G(F(B)).</param>
internal sealed record C2GanPair(Tensor A, Tensor B, Tensor FakeA, Tensor FakeB, Tensor BackA, Tensor BackB)
{
    public static C2GanPair Of(C2GanNetworks networks, Tensor a, Tensor b)
    {
        Tensor fakeA = networks.Backward.call(b), fakeB = networks.Forward.call(a);
        return new(a, b, fakeA, fakeB, networks.Backward.call(fakeB), networks.Forward.call(fakeA));
    }
}
