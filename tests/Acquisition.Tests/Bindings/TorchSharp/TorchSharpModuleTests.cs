using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Acquisition.Tests.Bindings.TorchSharp;

[Collection(LibTorchPresence.Collection)]
public sealed class TorchSharpModuleTests
{
    public TorchSharpModuleTests() => LibTorchPresence.Require();

    [Fact]
    public void A_module_of_ones_own_has_what_its_fields_hold()
    {
        using var net = new Net();
        Assert.Equal(["scale", "body.0.weight", "body.0.bias", "body.1.weight", "last.weight", "last.bias"], net.named_parameters().Select(one => one.name));
        Assert.Equal(["offset"], net.named_buffers().Select(one => one.name));
        Assert.Equal(["body", "last", "body.0", "body.1"], net.named_modules().Select(one => one.name));
        Assert.Equal(7, net.state_dict().Count);
        Assert.Equal([1, 108, 4, 4, 108, 1], net.parameters().Select(one => one.numel()));
    }

    [Fact]
    public void Training_and_testing_reach_every_layer()
    {
        using var net = new Net();
        Assert.True(net.training);
        net.eval();
        Assert.All(net.modules(), module => Assert.False(module.training));
        net.train();
        Assert.All(net.modules(), module => Assert.True(module.training));
        int visited = 0;
        net.apply(_ => visited++);
        Assert.Equal(5, visited);
    }

    [Fact]
    public void Weights_go_from_one_module_to_another_by_name()
    {
        using DisposeScope scope = NewDisposeScope();
        using Net a = new(), b = new();
        Tensor x = rand([1, 1, 4, 5, 6]);
        Assert.False(a.call(x).Equals(b.call(x)));
        (IList<string> missing, IList<string> unexpected) = b.load_state_dict(a.state_dict());
        Assert.Empty(missing);
        Assert.Empty(unexpected);
        Assert.True(a.call(x).Equals(b.call(x)));
        Dictionary<string, Tensor> other = a.state_dict();
        other.Remove("scale");
        other["unknown"] = zeros(1);
        Assert.Throws<InvalidOperationException>(() => b.load_state_dict(other));
        (missing, unexpected) = b.load_state_dict(other, strict: false);
        Assert.Equal(["scale"], missing);
        Assert.Equal(["unknown"], unexpected);
    }

    [Fact]
    public void A_module_that_moves_gets_other_parameters_in_its_fields_too()
    {
        using DisposeScope scope = NewDisposeScope();
        using Net net = new Net().to(float64);
        Assert.All(net.parameters(), parameter => Assert.Equal(ScalarType.Float64, parameter.dtype));
        Assert.All(net.buffers(), buffer => Assert.Equal(ScalarType.Float64, buffer.dtype));
        Assert.Equal(ScalarType.Float64, net.call(rand([1, 1, 4, 5, 6], float64)).dtype);
        Assert.All(net.parameters(), parameter => Assert.True(parameter.requires_grad && parameter.is_leaf));
        Assert.Throws<ArgumentException>(() => net.to(int32));
        long before = Tensor.TotalCount;
        net.@float().cpu();
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Names_are_checked_when_components_are_registered()
    {
        using var net = new Net();
        using Conv2d layer = Conv2d(1, 1, 1);
        Assert.Throws<InvalidOperationException>(() => net.register_module("last", layer));
        Assert.Throws<ArgumentException>(() => net.register_module("a.b", layer));
        Assert.Throws<ArgumentException>(() => net.register_module("", layer));
    }

    [Fact]
    public void The_learning_rate_can_be_changed_between_steps()
    {
        using DisposeScope scope = NewDisposeScope();
        using Linear net = Linear(1, 1, hasBias: false);
        using optim.Optimizer optimizer = optim.SGD(net.parameters(), 0.5);
        init.zeros_(net.weight);
        foreach (double rate in new[] { 0.5, 0.125 })
        {
            foreach (optim.ILearningRateController group in optimizer.ParamGroups) group.LearningRate = rate;
            optimizer.zero_grad();
            net.call(ones(1, 1)).sum().backward();
            optimizer.step();
        }

        Assert.Equal(-0.625f, net.weight.item<float>());
        Assert.Equal(0.5, optimizer.ParamGroups.Single().InitialLearningRate);
        net.zero_grad();
        Assert.Null(net.weight.grad);
    }

    [Fact]
    public void What_a_sequence_passes_on_inside_is_disposed_at_once()
    {
        using DisposeScope scope = NewDisposeScope();
        using Sequential net = Sequential(("a", Identity()), ("b", ReLU(inplace: true)), ("c", Tanh()));
        using IDisposable frozen = no_grad();
        Tensor x = rand(3);
        int before = scope.DisposablesCount;
        Tensor y = net.call(x);
        Assert.Equal(before + 1, scope.DisposablesCount);
        Assert.True(y.allclose(x.tanh()));
        Assert.Equal(["a", "b", "c"], net.named_children().Select(one => one.name));
    }

    [Fact]
    public void A_long_training_keeps_neither_tensors_nor_memory()
    {
        set_num_threads(1);
        using var net = new Net();
        using optim.Optimizer optimizer = optim.Adam(net.parameters(), 1e-3);
        using Tensor x = rand([1, 1, 2, 4, 4]), y = rand([1, 1, 2, 4, 4]);
        void Steps(int count)
        {
            for (int i = 0; i < count; i++)
            {
                using DisposeScope scope = NewDisposeScope();
                optimizer.zero_grad();
                functional.mse_loss(net.call(x), y).backward();
                optimizer.step();
            }
        }

        Steps(500);
        long tensors = Tensor.TotalCount;
        long[] bytes = new long[5];
        bytes[0] = NativeBytes();
        for (int round = 1; round < bytes.Length; round++)
        {
            Steps(2_500);
            bytes[round] = NativeBytes();
        }

        Assert.Equal(tensors, Tensor.TotalCount);
        // What a step lost would be missing after every round; what the runtime takes while it compiles is not.
        Assert.InRange(bytes[1..].Zip(bytes, (after, before) => after - before).Min(), long.MinValue, 4 * 2_500);
    }

    /// <summary>What C has allocated and not freed, after the collector has run; 0 where that cannot be asked.</summary>
    private static long NativeBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        if (!OperatingSystem.IsLinux()) return 0;
        MallInfo info = GetMallInfo();
        return (long)(info.InUse + info.Mapped);
    }

    [DllImport("libc", EntryPoint = "mallinfo2")]
    private static extern MallInfo GetMallInfo();

    /// <summary>struct mallinfo2 of glibc.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 80)]
    private struct MallInfo
    {
        [FieldOffset(32)]
        public nuint Mapped;

        [FieldOffset(56)]
        public nuint InUse;
    }

    private sealed class Net : Module<Tensor, Tensor>
    {
        private readonly Parameter scale = Parameter(ones(1));
        private readonly Tensor offset = zeros(1).DetachFromDisposeScope();
        private readonly Sequential body = Sequential(Conv3d(1, 4, 3, padding: 1), PReLU(4));
        private readonly Conv3d last = Conv3d(4, 1, 3, padding: 1);

        public Net() : base(nameof(Net))
        {
            scale.DetachFromDisposeScope();
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using DisposeScope scope = NewDisposeScope();
            return (last.call(body.call(input)) * scale + offset + input).MoveToOuterDisposeScope();
        }
    }
}
