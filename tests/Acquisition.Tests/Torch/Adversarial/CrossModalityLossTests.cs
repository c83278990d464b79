using System.Globalization;
using Acquisition.Tests.Bindings.TorchSharp;
using Acquisition.Tests.Support;
using Acquisition.Torch;
using Acquisition.Torch.Adversarial.CrossModality;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Acquisition.Tests.Torch.Adversarial;

[Collection(LibTorchPresence.Collection)]
public sealed class CrossModalityLossTests
{
    private const int Count = 2;
    private const int Edge = 32;

    public CrossModalityLossTests() => TorchCases.Require();

    [Fact]
    public void Structural_similarity_is_pytorchs_and_1_for_the_same_image()
    {
        float[] a = CrossModalityCase.Noise(2 * 20 * 31, 1), b = [.. a.Zip(CrossModalityCase.Noise(a.Length, 2), (u, v) => 0.7f * u + 0.2f * v)];
        using var oracle = new RestorationOracle();
        CrossModalityCase.Write(oracle, "input", a);
        CrossModalityCase.Write(oracle, "target", b);
        double wanted = double.Parse(RestorationOracle.RunScript("cross_modality.py", "similarity", oracle.Folder, "2,20,31"), CultureInfo.InvariantCulture);
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor(a).reshape(2, 1, 20, 31), y = tensor(b).reshape(2, 1, 20, 31);
        Assert.Equal(wanted, LossTerms.Similarity(x, y).item<float>(), 2e-5);
        Assert.Equal(-Math.Log((1 + wanted) / 2), LossTerms.Dissimilarity(x, y).item<float>(), 2e-5);
        Assert.Equal(1, LossTerms.Similarity(x, x).item<float>(), 1e-5);
        Assert.InRange(wanted, 0.2, 0.95);
    }

    [Fact]
    public void Adversarial_terms_are_logarithms_of_probabilities_and_finite_where_those_are_0_or_1()
    {
        using DisposeScope scope = NewDisposeScope();
        double[] real = [0.3, -2, 1.5], made = [-0.4, 0.9, 3];
        Tensor target = tensor([.. real.Select(logit => (float)logit)], device: CPU);
        Tensor predicted = tensor([.. made.Select(logit => (float)logit)], device: CPU);
        Assert.Equal(made.Average(logit => -Math.Log(D(logit))), LossTerms.Fooling(predicted).item<float>(), 1e-5);
        Assert.Equal(real.Average(logit => -Math.Log(D(logit))) + made.Average(logit => -Math.Log(1 - D(logit))), LossTerms.Telling(target, predicted).item<float>(), 1e-5);
        Assert.Equal(500, LossTerms.Fooling(tensor([-500f], device: CPU)).item<float>(), 1e-3);

        static double D(double logit) => 1 / (1 + Math.Exp(-logit));
    }

    [Fact]
    public void A_step_of_both_networks_has_the_terms_and_gradients_that_pytorch_computes()
    {
        CrossModalitySettings settings = CrossModalityCase.Settings with { PretrainingSteps = 0 };
        using CrossModalityTraining training = CrossModalityCase.Training(settings);
        CrossModalityCase.Disturb(training.Generator, 11);
        CrossModalityCase.Disturb(training.Discriminator, 111);
        float[] x = CrossModalityCase.Noise(Count * Edge * Edge, 3), y = CrossModalityCase.Noise(x.Length, 4);
        using var oracle = new RestorationOracle();
        CrossModalityCase.Write(oracle, "generator", training.Generator);
        CrossModalityCase.Write(oracle, "discriminator", training.Discriminator);
        CrossModalityCase.Write(oracle, "input", x);
        CrossModalityCase.Write(oracle, "target", y);

        using DisposeScope scope = NewDisposeScope();
        Device device = TorchDevice.Open(TorchCases.Device);
        var terms = training.Move(1, HostTensors.Sections(x, Count, Edge, Edge, device), HostTensors.Sections(y, Count, Edge, Edge, device));
        string said = RestorationOracle.RunScript(
            "cross_modality.py", "step", oracle.Folder, $"{Count},{Edge},{Edge}",
            Say(training.Weights.Adversarial), Say(training.Weights.SquareError), Say(training.Weights.Dissimilarity), Say(settings.DiscriminatorRate));
        double[] wanted = [.. said.Split(' ').Select(term => double.Parse(term, CultureInfo.InvariantCulture))];
        Assert.Equal(["adversarial", "square_error", "dissimilarity", "discriminator"], terms.Select(term => term.Name));
        foreach (var (term, value) in terms.Zip(wanted)) Assert.Equal(1, term.Value / value, 1e-4);
        // Shares are right from the first step on.
        Assert.Equal(1 - settings.SquareErrorShare - settings.SimilarityShare, training.Weights.Adversarial * wanted[0], 1e-4);
        Assert.Equal(settings.SquareErrorShare, training.Weights.SquareError * wanted[1], 1e-4);
        Assert.Equal(settings.SimilarityShare, training.Weights.Dissimilarity * wanted[2], 1e-4);
        Compare("generator", training.Generator);
        Compare("discriminator", training.Discriminator);

        void Compare(string name, nn.Module network)
        {
            foreach (var (parameter, tensor) in network.named_parameters())
            {
                float[] gradient = oracle.Floats($"gradient.{name}.{parameter}"), found = HostTensors.Samples(tensor.grad!.cpu().contiguous()).ToArray();
                Assert.True(gradient.Max(Math.Abs) > 0, parameter);
                // The discriminator's first step is as long for a gradient near 0 as for any other, with the sign that rounding leaves.
                Assert.True(Volumes.RelativeError(gradient, found) < 1e-3, $"{name}.{parameter}: {Volumes.RelativeError(gradient, found)}");
            }
        }

        static string Say(double value) => value.ToString("R", CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Before_there_is_an_adversary_the_two_other_terms_share_the_loss_and_weights_follow_running_averages()
    {
        var weights = new TermWeights(new CrossModalitySettings { SquareErrorShare = 0.1, SimilarityShare = 0.3, StepsToReweigh = 3 });
        weights.Follow(1, null, 0.02, 0.5);
        Assert.Equal(0.25 / 0.02, weights.SquareError, 1e-9);
        Assert.Equal(0.75 / 0.5, weights.Dissimilarity, 1e-9);
        Assert.Equal(0, weights.Adversarial);
        weights.Follow(2, null, 0.01, 0.4);
        Assert.Equal(0.25 / 0.02, weights.SquareError, 1e-9);
        weights.Follow(3, null, 0.01, 0.4);
        double square = 0.99 * (0.99 * 0.02 + 0.01 * 0.01) + 0.01 * 0.01;
        Assert.Equal(0.25 / square, weights.SquareError, 1e-9);

        // The adversary's first step sets them anew, whatever its number.
        weights.Follow(4, 0.7, 0.01, 0.4);
        square = 0.99 * square + 0.01 * 0.01;
        Assert.Equal(0.1 / square, weights.SquareError, 1e-9);
        Assert.Equal(0.6 / 0.7, weights.Adversarial, 1e-9);

        using var memory = new MemoryStream();
        weights.Save(new BinaryWriter(memory));
        memory.Position = 0;
        var loaded = new TermWeights(new CrossModalitySettings { SquareErrorShare = 0.1, SimilarityShare = 0.3, StepsToReweigh = 3 });
        loaded.Load(new BinaryReader(memory));
        foreach (TermWeights each in (TermWeights[])[weights, loaded]) each.Follow(6, 0.5, 0.03, 0.2);
        Assert.Equal((weights.Adversarial, weights.SquareError, weights.Dissimilarity), (loaded.Adversarial, loaded.SquareError, loaded.Dissimilarity));
    }
}
