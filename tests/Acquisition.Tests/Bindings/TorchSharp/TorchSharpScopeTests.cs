using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace Acquisition.Tests.Bindings.TorchSharp;

[Collection(LibTorchPresence.Collection)]
public sealed class TorchSharpScopeTests
{
    public TorchSharpScopeTests() => LibTorchPresence.Require();

    [Fact]
    public void A_scope_disposes_what_was_made_in_it_and_nothing_else()
    {
        using Tensor before = zeros(2);
        Tensor inside;
        using (DisposeScope scope = NewDisposeScope())
        {
            inside = ones(2);
            Assert.Equal(1, scope.DisposablesCount);
            Assert.True(scope.Contains(inside));
            Assert.False(scope.Contains(before));
            Assert.Same(scope, CurrentDisposeScope);
        }

        Assert.Null(CurrentDisposeScope);
        Assert.True(inside.IsInvalid);
        Assert.False(before.IsInvalid);
        Assert.Throws<InvalidOperationException>(() => inside.Handle);
        Assert.Throws<InvalidOperationException>(() => inside.add(1));
    }

    [Fact]
    public void Tensors_move_to_the_scope_around_or_out_of_all()
    {
        Tensor kept, moved, detached;
        using (DisposeScope outer = NewDisposeScope())
        {
            using (DisposeScope inner = NewDisposeScope())
            {
                kept = zeros(1);
                moved = ones(1).MoveToOuterDisposeScope();
                detached = ones(1).DetachFromDisposeScope();
                Assert.Equal([kept], inner.DisposablesView, ReferenceEqualityComparer.Instance);
                Assert.Equal([moved], outer.DisposablesView, ReferenceEqualityComparer.Instance);
            }

            Assert.True(kept.IsInvalid);
            Assert.False(moved.IsInvalid);
        }

        Assert.True(moved.IsInvalid);
        Assert.False(detached.IsInvalid);
        detached.Dispose();
        using (NewDisposeScope()) moved = ones(1).MoveToOuterDisposeScope(); // to nowhere: then it is the holder's
        Assert.False(moved.IsInvalid);
        moved.Dispose();
    }

    [Fact]
    public void A_scope_can_be_disposed_before_those_inside_it()
    {
        DisposeScope outer = NewDisposeScope(), inner = NewDisposeScope();
        Tensor inside = zeros(1);
        outer.Dispose();
        Assert.Same(inner, CurrentDisposeScope);
        Assert.False(inside.IsInvalid);
        inner.Dispose();
        Assert.True(inside.IsInvalid);
        Assert.Null(CurrentDisposeScope);
        Assert.Throws<ObjectDisposedException>(() => outer.DisposablesCount);
    }

    [Fact]
    public void Scopes_are_those_of_their_thread()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor? elsewhere = null;
        DisposeScope? seen = scope;
        var thread = new Thread(() =>
        {
            seen = CurrentDisposeScope;
            elsewhere = zeros(1);
        });
        thread.Start();
        thread.Join();
        Assert.Null(seen);
        Assert.Equal(0, scope.DisposablesCount);
        elsewhere!.Dispose();
    }

    [Fact]
    public void Some_can_be_kept_while_the_rest_goes()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor a = zeros(1), b = zeros(1);
        Assert.Same(a, scope.DisposeEverythingBut(a));
        Assert.False(a.IsInvalid);
        Assert.True(b.IsInvalid);
        using Tensor c = zeros(1).DetachFromDisposeScope();
        c.MoveToOtherDisposeScope(a);
        Assert.True(scope.Contains(c));
        scope.MoveToOther(null, a);
        Assert.False(scope.Contains(a));
        a.Dispose();
    }

    [Fact]
    public void A_parameter_takes_the_place_of_its_tensor_and_layers_stay_out_of_scopes()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor data = zeros(3);
        Parameter parameter = nn.Parameter(data);
        Assert.True(data.IsInvalid);
        Assert.True(scope.Contains(parameter));
        Assert.True(parameter.requires_grad);
        int before = scope.DisposablesCount;
        using nn.Module<Tensor, Tensor> layer = nn.Sequential(nn.Conv3d(1, 2, 3), nn.PReLU(2), nn.InstanceNorm3d(2, affine: true), nn.BatchNorm3d(2), nn.Linear(2, 2));
        scope.DisposeEverythingBut(parameter);
        Assert.All(layer.parameters(), own => Assert.False(own.IsInvalid));
        Assert.Equal(1, before);
    }

    [Fact]
    public void A_function_in_a_scope_of_its_own_leaves_its_result_only()
    {
        long before = Tensor.TotalCount;
        using Tensor result = WrappedTensorDisposeScope(() => ones(2) + ones(2) * 3);
        Assert.Equal(before + 1, Tensor.TotalCount);
        Assert.Equal([4f, 4f], result.data<float>().ToArray());
    }

    [Fact]
    public void What_nobody_holds_is_freed_by_the_collector()
    {
        long before = Tensor.TotalCount;
        static void Leak()
        {
            for (int i = 0; i < 50; i++) _ = zeros(10);
        }

        Leak();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.InRange(Tensor.TotalCount, 0, before + 10); // a few may still be on this stack
    }
}
