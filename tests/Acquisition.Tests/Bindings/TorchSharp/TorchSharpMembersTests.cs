using System.Reflection;
using System.Text.RegularExpressions;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace Acquisition.Tests.Bindings.TorchSharp;

/// <summary>Every member against PyTorch itself, gradients and their gradients included.</summary>
[Collection(LibTorchPresence.Collection)]
public sealed class TorchSharpMembersTests(TorchSharpOracle oracle) : IClassFixture<TorchSharpOracle>
{
    public static TheoryData<string> Names => [.. TorchSharpOracle.Cases.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_member_does_what_PyTorch_does(string name)
    {
        LibTorchPresence.Require();
        using DisposeScope scope = NewDisposeScope();
        TorchSharpCase one = TorchSharpOracle.Cases[name];
        set_num_threads(1);
        List<Tensor?> made = one.Module is null ? Evaluate(name, one) : Train(name, one);
        IReadOnlyList<(long[] Shape, double[] Elements)?> expected = oracle.Answers(name);

        Assert.Equal(expected.Count, made.Count);
        for (int i = 0; i < made.Count; i++)
        {
            Assert.Equal(expected[i] is null, made[i] is null);
            if (expected[i] is not (long[] shape, double[] elements)) continue;
            Assert.Equal(shape, made[i]!.shape);
            using Tensor exact = made[i]!.detach().to(float64).contiguous();
            double[] found = exact.data<double>().ToArray();
            double scale = elements.Select(Math.Abs).Where(double.IsFinite).DefaultIfEmpty(0).Max();
            for (int k = 0; k < found.Length; k++)
            {
                // Both call the same kernels; only the order of sums may differ.
                if (!elements[k].Equals(found[k])) Assert.InRange(found[k], elements[k] - (2e-6 * scale) - 1e-12, elements[k] + (2e-6 * scale) + 1e-12);
            }
        }
    }

    [Fact]
    public void No_member_is_left_out()
    {
        string sources = string.Join('\n', TorchSharpOracle.Cases.Values.Select(one => one.Source));
        // Tested by name in the other classes of this folder.
        string[] elsewhere =
        [
            "Dispose", "MoveToOuterDisposeScope", "DetachFromDisposeScope", "MoveToOtherDisposeScope", "alias", "Equals", "GetHashCode", "ToString", "data", "item",
            "ToScalar", "WriteBytesToStream", "ReadBytesFromStream", "allclose", "dim", "numel", "element_size", "is_floating_point", "is_integral", "is_cpu", "is_contiguous",
            "is_pinned", "pin_memory", "cuda", "size", "stride", "requires_grad_", "with_requires_grad", "retain_grad", "backward", "no_grad", "enable_grad", "set_grad_enabled",
            "is_grad_enabled", "inference_mode", "is_inference_mode_enabled", "NewDisposeScope", "WrappedTensorDisposeScope", "get_default_dtype", "set_default_dtype",
            "get_default_device", "set_default_device", "get_num_threads", "set_num_threads", "get_num_interop_threads", "set_num_interop_threads", "manual_seed", "device",
            "TryInitializeDeviceType", "InitializeDeviceType", "InitializeDevice", "cuda_is_available",
        ];
        IEnumerable<string> members = new[] { typeof(Tensor), typeof(torch), typeof(nn.functional), typeof(nn.init), typeof(nn) }
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => !method.IsSpecialName).Select(method => method.Name).Distinct();
        Assert.SkipWhen(typeof(torch).Assembly.GetType("TorchSharp.Native.Aten") is null, "The TorchSharp package has many more members.");

        string[] untold = [.. members.Except(elsewhere).Where(member => !Regex.IsMatch(sources, $@"(?<![A-Za-z0-9_])@?{member}\("))];
        Assert.Equal(["CalculateFanInAndFanOut", "ModuleList", "Parameter"], untold.Order());
    }

    private static List<Tensor?> Evaluate(string name, TorchSharpCase one)
    {
        Tensor[] inputs = [.. one.Shapes.Select((shape, i) => tensor(TorchSharpOracle.Input(name, i), shape).requires_grad_(one.Order > 0))];
        Tensor[] made = one.Ours(inputs);
        List<Tensor?> all = [.. made];
        if (one.Order < 1) return all;
        IList<Tensor> first = autograd.grad([Weighted(made)], inputs, retain_graph: true, create_graph: one.Order > 1, allow_unused: true);
        all.AddRange(first);
        if (one.Order < 2) return all;
        Tensor squares = first.Where(grad => grad is not null).Aggregate((Tensor)0f, (sum, grad) => sum + (grad * grad).sum());
        all.AddRange(autograd.grad([squares], inputs, allow_unused: true));
        return all;
    }

    private static List<Tensor?> Train(string name, TorchSharpCase one)
    {
        manual_seed(7).Dispose();
        Tensor x = tensor(TorchSharpOracle.Input(name, 0), one.Shapes[0]);
        using nn.Module<Tensor, Tensor> net = one.Module!();
        Tensor[] state = [.. net.parameters(), .. net.buffers()];
        List<Tensor?> all = [.. state.Select(tensor => tensor.clone())];
        Tensor y = net.call(x);
        all.Add(y);
        Parameter[] parameters = [.. net.parameters()];
        if (parameters.Length > 0) all.AddRange(autograd.grad([Weighted([y])], [.. parameters]));
        if (one.Optimizer is not (_, var optimizerOf)) return all;
        using optim.Optimizer optimizer = optimizerOf(net);
        for (int step = 0; step < 3; step++)
        {
            optimizer.zero_grad();
            net.call(x).square().mean().backward();
            optimizer.step();
        }

        all.AddRange(state.Select(tensor => tensor.clone()));
        return all;
    }

    private static Tensor Weighted(Tensor[] tensors) => tensors.Where(tensor => tensor.is_floating_point() && tensor.requires_grad)
        .Aggregate((Tensor)0f, (sum, tensor) => sum + (tensor * tensor * linspace(-1, 1, tensor.numel()).reshape(tensor.shape)).sum());
}
