using System.Buffers.Binary;
using System.Text;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Inference;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;
using Acquisition.Restoration.Training;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Restoration;

public sealed class SelfVisionModelTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(NetworkVariant.Public)]
    [InlineData(NetworkVariant.Paper)]
    public void PyTorch_reads_the_file_and_computes_the_same(NetworkVariant variant)
    {
        SelfVisionModel model = Model(variant, new Factors(1, 2, 2)).WithNote("tuned_on", "t0 c0");
        using var oracle = new RestorationOracle();
        string file = Path.Combine(oracle.Folder, "model.safetensors");
        File.WriteAllBytes(file, model.ToSafeTensors());

        string notes = RestorationOracle.Run("model", file, oracle.Folder, "3,11,12");

        Assert.Contains("\"tuned_on\": \"t0 c0\"", notes, StringComparison.Ordinal);
        using var network = new CompiledNetwork(new(variant, model.Factors), KernelSet.Default, 4);
        network.Load(model.Stages[0].Weights.AsSpan());
        using FloatVolume input = oracle.Volume("input", new(3, 11, 12));
        using var output = new FloatVolume(new(3, 22, 24));
        using (var inference = new NetworkInference(network, new()))
            inference.Enlarge(input, output, ensemble: false, Cancel);
        float[] expected = oracle.Floats("output");
        Assert.True(Volumes.MaxError(expected, Volumes.Samples(output)) < 1e-5 * expected.Max(Math.Abs));
    }

    [Fact]
    public void A_model_survives_the_file_bit_for_bit()
    {
        SelfVisionModel model = Model(NetworkVariant.Public, new(2, 2, 2), new(1, 2, 2)).WithNote("steps", "600");

        byte[] file = model.ToSafeTensors();
        SelfVisionModel back = SelfVisionModel.FromSafeTensors(file);

        Assert.Equal(model.Variant, back.Variant);
        Assert.Equal(new Factors(2, 4, 4), back.Factors);
        Assert.Equal(model.Stages.Select(stage => stage.Factors), back.Stages.Select(stage => stage.Factors));
        Assert.Equal(model.Stages.SelectMany(stage => stage.Weights), back.Stages.SelectMany(stage => stage.Weights));
        Assert.Equal(model.Notes, back.Notes);
        Assert.Equal(file, back.ToSafeTensors());
        Assert.Equal(0, (int)(BinaryPrimitives.ReadUInt64LittleEndian(file) % 8));
    }

    [Fact]
    public void A_damaged_file_is_refused_and_says_why()
    {
        byte[] file = Model(NetworkVariant.Paper, new Factors(1, 2, 2)).ToSafeTensors();
        string text = Encoding.Latin1.GetString(file);

        Refused([], "0 bytes");
        Refused(file[..^4], "lies at");
        Refused(Encoding.Latin1.GetBytes(text.Replace("\"F32\"", "\"F16\"", StringComparison.Ordinal)), "F16");
        Refused(Encoding.Latin1.GetBytes(text.Replace("stage0.last.bias", "stage0.lost.bias", StringComparison.Ordinal)), "stage0.last.bias");
        Refused(Encoding.Latin1.GetBytes(text.Replace("\"Paper\"", "\"Piper\"", StringComparison.Ordinal)), "Piper");
        Refused(Encoding.Latin1.GetBytes(text.Replace("\"1,2,2\"", "\"1,2,9\"", StringComparison.Ordinal)), "1,2,9");
        Refused(Encoding.Latin1.GetBytes(text.Replace("{\"__", "{!__!", StringComparison.Ordinal)), "header");

        static void Refused(byte[] damaged, string reason) => Assert.Contains(
            reason, Assert.Throws<DataFormatException>(() => SelfVisionModel.FromSafeTensors(damaged)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Weights_that_are_no_numbers_are_refused_by_the_name_of_their_tensor(float value)
    {
        TunedStage stage = Model(NetworkVariant.Paper, new Factors(1, 2, 2)).Stages[0];
        var (name, _, start) = new NetworkLayout(NetworkVariant.Paper, stage.Factors).Tensors().Skip(4).First();
        byte[] file = new SelfVisionModel(NetworkVariant.Paper, [new(stage.Factors, stage.Weights.SetItem(start + 3, value))]).ToSafeTensors();
        string message = Assert.Throws<DataFormatException>(() => SelfVisionModel.FromSafeTensors(file)).Message;
        Assert.Contains($"Element 3 of tensor 'stage0.{name}'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_do_not_fit_the_variant_are_refused() =>
        Assert.Throws<ArgumentException>(() => new SelfVisionModel(NetworkVariant.Public, [new(new(2, 2, 2), [1, 2, 3])]));

    [Theory]
    [InlineData(NetworkVariant.Public, 2, 2, 2, 18_553)] // as the public code counts
    [InlineData(NetworkVariant.Paper, 2, 2, 2, 7_284)] // 2016 + 16 + 2598 + 6 + 4·(324 + 6 + 6) + 1304
    public void The_networks_have_the_published_number_of_parameters(NetworkVariant variant, int fz, int fy, int fx, int count) =>
        Assert.Equal(count, new NetworkLayout(variant, new(fz, fy, fx)).StoredCount);

    private static SelfVisionModel Model(NetworkVariant variant, params Factors[] stages)
    {
        var random = new Random(12);
        return new(variant, [.. stages.Select(factors =>
            new TunedStage(factors, [.. Initialisation.Draw(new(variant, factors), 4, random)]))]);
    }
}
