using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Isotropy;
using Acquisition.Tests.Bindings.TorchSharp;
using Acquisition.Torch.Isotropy;
using Xunit;
using static TorchSharp.torch;

namespace Acquisition.Tests.Torch.Isotropy;

[Collection(LibTorchPresence.Collection)]
public sealed class IsotropicRestorerTests
{
    private const double Low = -1000;

    /// <summary>Deep enough that no overshoot of interpolation is cut off at 0.</summary>
    private static readonly IntensityScale Deep = new(Low, 1000);

    public IsotropicRestorerTests() => TorchCases.Require();

    [Fact]
    public void A_network_that_changes_nothing_gives_the_interpolated_stack()
    {
        using FloatVolume stack = IsotropicCase.Stack(), restored = new(AxialUpsampling.Shape(stack.Shape, IsotropicCase.Ratio)), wanted = new(restored.Shape);
        AxialUpsampling.Apply(stack, IsotropicCase.Ratio, wanted, cancellation: TestContext.Current.CancellationToken);
        using var restorer = new IsotropicRestorer(IsotropicCase.Passing(new(90, 700)));
        Assert.Equal(wanted.Shape, restorer.Shape(stack.Shape));
        restorer.Restore(stack, restored, TestContext.Current.CancellationToken);
        AssertEqual(wanted, (z, y, x) => At(restored, z, y, x), 2e-3);
    }

    [Fact]
    public void Columns_of_sections_are_z_and_their_rows_x_or_y()
    {
        using FloatVolume stack = IsotropicCase.Stack(), restored = new(AxialUpsampling.Shape(stack.Shape, IsotropicCase.Ratio)), from = new(restored.Shape);
        AxialUpsampling.Apply(stack, IsotropicCase.Ratio, from, cancellation: TestContext.Current.CancellationToken);
        // A network that takes what lies two columns further, where z must be in both views.
        using (var along = new IsotropicRestorer(IsotropicCase.Shifting(0, 2, Deep)))
        {
            along.Restore(stack, restored, TestContext.Current.CancellationToken);
            AssertEqual(restored, (z, y, x) => At(from, z + 2, y, x), 2e-3);
        }
        // One that takes what lies one row further: along x in xz sections, along y in yz sections.
        using var across = new IsotropicRestorer(IsotropicCase.Shifting(1, 0, Deep));
        across.Restore(stack, restored, TestContext.Current.CancellationToken);
        AssertEqual(restored, (z, y, x) => (At(from, z, y, x + 1) + At(from, z, y + 1, x)) / 2, 2e-3);
        using var geometric = new IsotropicRestorer(IsotropicCase.Shifting(1, 0, Deep), new() { Mean = ViewMean.Geometric });
        geometric.Restore(stack, restored, TestContext.Current.CancellationToken);
        AssertEqual(restored, (z, y, x) => Math.Sqrt((At(from, z, y, x + 1) - Low) * (At(from, z, y + 1, x) - Low)) + Low, 2e-3);
    }

    [Theory]
    [InlineData(10.2, 5, 37, 30)]
    [InlineData(3, 7, 33, 41)]
    public void Extents_that_are_no_multiples_of_four_are_mirrored_and_cut_again(double ratio, int z, int y, int x)
    {
        var random = new Random(4);
        using var stack = new FloatVolume(new(z, y, x));
        for (int k = 0; k < z; k++) foreach (ref float sample in stack.Plane(k)) sample = random.NextSingle();
        IsotropicModel passing = IsotropicCase.Passing(new(0, 1));
        var model = new IsotropicModel(passing.Network, ratio, passing.Kernel, passing.PointSpread, passing.Scale, passing.Weights);
        using FloatVolume restored = new(AxialUpsampling.Shape(stack.Shape, ratio)), wanted = new(restored.Shape);
        AxialUpsampling.Apply(stack, ratio, wanted, cancellation: TestContext.Current.CancellationToken);
        using var restorer = new IsotropicRestorer(model);
        restorer.Restore(stack, restored, TestContext.Current.CancellationToken);
        AssertEqual(wanted, (k, j, i) => At(restored, k, j, i), 1e-5);
    }

    [Fact]
    public void Neither_threads_nor_memory_change_the_result_and_no_tensor_stays()
    {
        using FloatVolume stack = IsotropicCase.Stack(), first = new(AxialUpsampling.Shape(stack.Shape, IsotropicCase.Ratio)), second = new(first.Shape);
        IsotropicModel model = Trained(stack);
        long before = Tensor.TotalCount;
        using (var restorer = new IsotropicRestorer(model)) restorer.Restore(stack, first, TestContext.Current.CancellationToken);
        foreach (var options in new IsotropicRestorerOptions[] { new() { Threads = 2 }, new() { Threads = 3, MemoryBudgetBytes = 1 }, new() { MemoryBudgetBytes = 12L << 20 } })
        {
            using (var restorer = new IsotropicRestorer(model, options))
            {
                restorer.Restore(stack, second, TestContext.Current.CancellationToken);
                restorer.Restore(stack, second, TestContext.Current.CancellationToken);
            }
            AssertEqual(first, (z, y, x) => At(second, z, y, x), 1e-3);
        }
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void A_model_from_a_file_restores_the_same()
    {
        using FloatVolume stack = IsotropicCase.Stack(), first = new(AxialUpsampling.Shape(stack.Shape, IsotropicCase.Ratio)), second = new(first.Shape);
        IsotropicModel model = Trained(stack);
        byte[] file = model.ToSafeTensors();
        IsotropicModel read = IsotropicModel.FromSafeTensors(file);
        Assert.Equal(file, read.ToSafeTensors());
        Assert.Equal((model.Network, model.Ratio, model.Kernel, model.PointSpread, model.Scale), (read.Network, read.Ratio, read.Kernel, read.PointSpread, read.Scale));
        Assert.Equal((model.HeldOutDb, model.InputDb), (read.HeldOutDb, read.InputDb));
        Assert.Equal("8", read.Notes["steps"]);
        using IsotropicRestorer a = new(model), b = new(read);
        a.Restore(stack, first, TestContext.Current.CancellationToken);
        b.Restore(stack, second, TestContext.Current.CancellationToken);
        AssertEqual(first, (z, y, x) => At(second, z, y, x), 0);
        file[^1] ^= 1;
        Assert.NotEqual(model.Weights[^1], IsotropicModel.FromSafeTensors(file).Weights[^1]);
        Assert.Throws<DataFormatException>(() => IsotropicModel.FromSafeTensors(file.AsSpan(0, file.Length / 2)));
    }

    [Fact]
    public void Weights_that_are_no_numbers_are_refused_by_the_name_of_their_tensor()
    {
        IsotropicModel good = IsotropicCase.Passing(new(0, 1));
        int start = NetworkPlan.Of(good.Network).Tensors().Single(tensor => tensor.Name == "layers.3.bias").Start;
        var broken = new IsotropicModel(good.Network, good.Ratio, good.Kernel, good.PointSpread, good.Scale, good.Weights.SetItem(start + 2, float.NaN));
        string message = Assert.Throws<DataFormatException>(() => IsotropicModel.FromSafeTensors(broken.ToSafeTensors())).Message;
        Assert.Contains("Element 2 of tensor 'layers.3.bias'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_is_refused_and_cancellation_heard()
    {
        using FloatVolume stack = IsotropicCase.Stack(), restored = new(AxialUpsampling.Shape(stack.Shape, IsotropicCase.Ratio)), other = new(new(3, 48, 40));
        using var restorer = new IsotropicRestorer(IsotropicCase.Passing(new(0, 1)));
        Assert.Throws<ArgumentException>(() => restorer.Restore(stack, other, TestContext.Current.CancellationToken));
        Assert.Throws<OperationCanceledException>(() => restorer.Restore(stack, restored, new CancellationToken(true)));
        Assert.Throws<ArgumentException>(() => IsotropicCase.Passing(new(1, 1)));
        Assert.Throws<ArgumentException>(() => new IsotropicModel(IsotropicNetwork.IsoNet1, 2, DegradationKernel.Split, "", new(0, 1), [1, 2]));
    }

    private static IsotropicModel Trained(FloatVolume stack) => IsotropicTrainer.Train(
        stack, IsotropicCase.Ratio, IsotropicCase.Psf, IsotropicCase.Options with { Steps = 8 }, cancellation: TestContext.Current.CancellationToken);

    /// <summary>Beyond the borders what networks take for 0.</summary>
    private static double At(FloatVolume volume, int z, int y, int x) => z >= volume.Shape.Z || y >= volume.Shape.Y || x >= volume.Shape.X
        ? Low : volume.Plane(z)[y * volume.Shape.X + x];

    private static void AssertEqual(FloatVolume expected, Func<int, int, int, double> found, double tolerance)
    {
        VolumeShape shape = expected.Shape;
        double worst = 0;
        for (int z = 0; z < shape.Z; z++)
        {
            for (int y = 0; y < shape.Y; y++)
            {
                for (int x = 0; x < shape.X; x++) worst = Math.Max(worst, Math.Abs(expected.Plane(z)[y * shape.X + x] - found(z, y, x)));
            }
        }
        Assert.InRange(worst, 0, tolerance);
    }
}
