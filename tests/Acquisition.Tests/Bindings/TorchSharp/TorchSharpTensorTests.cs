using System.Runtime.InteropServices;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Acquisition.Tests.Bindings.TorchSharp;

[Collection(LibTorchPresence.Collection)]
public sealed class TorchSharpTensorTests : IDisposable
{
    private readonly DisposeScope? _scope;

    public TorchSharpTensorTests()
    {
        LibTorchPresence.Require();
        _scope = NewDisposeScope();
    }

    public void Dispose() => _scope?.Dispose();

    [Fact]
    public void A_tensor_tells_what_it_is()
    {
        Tensor a = zeros(2, 3, 4).transpose(0, 2);
        Assert.Equal([4, 3, 2], a.shape);
        Assert.Equal([1, 4, 12], a.stride());
        Assert.Equal((2, 12, 3L, 3L, 24L, 24L, 4L, 4L), (a.size(-1), a.stride(2), a.ndim, a.dim(), a.numel(), a.NumberOfElements, a.ElementSize, a.element_size()));
        Assert.Equal((ScalarType.Float32, DeviceType.CPU, "cpu"), (a.dtype, a.device_type, a.device.ToString()));
        Assert.True(a.is_cpu() && a.is_floating_point() && !a.is_integral() && !a.is_cuda && !a.is_contiguous() && !a.is_pinned() && a.is_leaf);
        Assert.Equal("[4x3x2], type = Float32, device = cpu", a.ToString());
        Assert.Throws<ExternalException>(() => a.size(3));
    }

    [Fact]
    public void Elements_go_in_and_out_as_spans_without_a_copy_between()
    {
        float[] values = [.. Enumerable.Range(0, 24).Select(i => i * 0.5f)];
        Tensor a = empty(2, 3, 4);
        values.CopyTo(MemoryMarshal.Cast<byte, float>(a.bytes));
        Assert.Equal(values, a.data<float>().ToArray());
        a.bytes = MemoryMarshal.AsBytes(values.Select(value => -value).ToArray().AsSpan());
        Assert.Equal(-values[23], a[1, 2, 3].item<float>());
        float[] part = new float[5];
        a.data<float>().CopyTo(part.AsSpan(), 1, 20);
        Assert.Equal([0, -10f, -10.5f, -11f, -11.5f], part);
        a.data<float>().CopyFrom([7f, 8f], 0, 23);
        Assert.Equal(7f, a.data<float>()[1, 2, 3]);
        Assert.Throws<ArgumentException>(() => a.data<double>());
        Assert.Throws<ArgumentException>(() => a.item<float>());
        Assert.Throws<InvalidOperationException>(() => a.transpose(0, 1).bytes.Length);
    }

    [Fact]
    public void Elements_that_lie_apart_come_in_the_order_of_their_indices()
    {
        Tensor a = arange(24, float32).reshape(2, 3, 4).permute(2, 0, 1);
        Assert.Equal(a.contiguous().data<float>().ToArray(), a.data<float>().ToArray());
        Assert.Equal(a.data<float>().ToArray(), a.data<float>().AsEnumerable());
        a.data<float>()[3, 1, 2] = 100;
        Assert.Equal(100, a[3, 1, 2].item<float>());
        Assert.Equal(100, a.data<float>()[23]);
    }

    [Fact]
    public void An_array_is_shared_and_kept_until_the_tensor_goes()
    {
        float[,] picture = { { 1, 2 }, { 3, 4 } };
        Tensor shared = from_array(picture);
        shared.mul_(2);
        Assert.Equal(8, picture[1, 1]);
        Tensor copied = tensor(new[] { 1f, 2f });
        copied.add_(1);
        Assert.Equal([2f, 3f], copied.data<float>().ToArray());
        Assert.Throws<ArgumentException>(() => tensor(new[] { 1f, 2f }, [3]));
        Assert.Throws<NotSupportedException>(() => from_array(new[] { 1.5m }));
    }

    [Fact]
    public void Bytes_go_through_streams()
    {
        Tensor a = rand(7, 5), b = zeros(7, 5);
        using var stream = new MemoryStream();
        a.WriteBytesToStream(stream, bufferSize: 33);
        Assert.Equal(140, stream.Position);
        stream.Position = 0;
        b.ReadBytesFromStream(stream, bufferSize: 33);
        Assert.True(a.Equals(b) && a.allclose(b));
        Assert.Throws<EndOfStreamException>(() => b.ReadBytesFromStream(stream));
    }

    [Fact]
    public void Numbers_come_out_by_their_types()
    {
        Assert.Equal((2.5f, 2.5, 3, 3L, true), ((float)(Tensor)2.5, tensor(2.5f).ToDouble(), (int)(Tensor)3, ((Tensor)3L).ToInt64(), ((Tensor)true).ToBoolean()));
        Assert.Equal((ScalarType.Float32, ScalarType.Float64, ScalarType.Int32, ScalarType.Int64), (((Tensor)1f).dtype, ((Tensor)1.0).dtype, ((Tensor)1).dtype, ((Tensor)1L).dtype));
        Assert.Equal(ScalarType.Bool, ((Tensor)true).dtype);
        Assert.Equal(2.5, tensor(2.5f).ToScalar().ToDouble());
    }

    [Fact]
    public void An_alias_is_another_object_for_the_same_tensor()
    {
        Tensor a = zeros(2), b = a.alias();
        b.add_(1);
        a.Dispose();
        Assert.Equal([1f, 1f], b.data<float>().ToArray());
    }

    [Fact]
    public void Gradients_add_up_and_can_be_taken_away()
    {
        Tensor a = tensor(new[] { 1f, 2f }, requires_grad: true);
        Assert.Null(a.grad);
        (a * a).sum().backward();
        (a * 3).sum().backward();
        Assert.Equal([5f, 7f], a.grad!.data<float>().ToArray());
        a.grad = null;
        Assert.Null(a.grad);
        Tensor b = a * 2;
        b.retain_grad();
        (b * b).backward([ones(2)], retain_graph: true);
        Assert.Equal([4f, 8f], b.grad!.data<float>().ToArray());
        Assert.False(b.is_leaf);
        Assert.False(b.detach().requires_grad);
    }

    [Fact]
    public void Gradients_are_recorded_by_thread_and_only_where_they_are_wanted()
    {
        Tensor a = zeros(1).requires_grad_();
        using (no_grad())
        {
            Assert.False(is_grad_enabled());
            Assert.False((a * 2).requires_grad);
            using (enable_grad()) Assert.True((a * 2).requires_grad);
            bool elsewhere = false;
            var thread = new Thread(() => elsewhere = is_grad_enabled());
            thread.Start();
            thread.Join();
            Assert.True(elsewhere);
        }

        using (set_grad_enabled(false)) Assert.False(is_grad_enabled());
        Assert.True(is_grad_enabled());
        using (inference_mode())
        {
            Assert.True(is_inference_mode_enabled());
            Assert.False((a * 2).requires_grad);
        }

        Assert.False(is_inference_mode_enabled());
        Assert.True(is_grad_enabled());
    }

    [Fact]
    public void What_libtorch_refuses_is_an_exception_with_its_words_alone()
    {
        var fault = Assert.Throws<ExternalException>(() => zeros(2, 3).matmul(zeros(2, 3)));
        Assert.Contains("mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("frame #", fault.Message, StringComparison.Ordinal);
        Assert.Throws<ExternalException>(() => zeros(2).backward());
        Assert.Throws<ExternalException>(() => empty([-1L]));
        Assert.Throws<NullReferenceException>(() => ((Tensor)null!).add(1));
    }

    [Fact]
    public void A_device_that_is_not_there_is_refused_by_name()
    {
        Assert.SkipWhen(cuda.is_available(), "This machine has a CUDA device.");
        Assert.False(cuda_is_available());
        Assert.Equal(0, cuda.device_count());
        Assert.False(TryInitializeDeviceType(DeviceType.CUDA));
        Assert.Contains("CUDA", Assert.Throws<InvalidOperationException>(() => zeros(1).cuda()).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => zeros(1).to("cuda:0"));
        Assert.Throws<InvalidOperationException>(() => device("cuda"));
        Assert.Throws<ExternalException>(() => cuda.synchronize());
        Assert.Throws<ExternalException>(() => zeros(1).pin_memory());
        Assert.Equal(("cuda:1", "cuda", "cpu"), ($"{new Device("cuda:1")}", $"{new Device(DeviceType.CUDA)}", $"{device("cpu")}"));
    }

    [Fact]
    public void Defaults_hold_for_what_is_made_later()
    {
        Assert.Equal(ScalarType.Float32, get_default_dtype());
        Assert.Throws<ArgumentException>(() => set_default_dtype(ScalarType.Int32));
        Assert.Equal("cpu", get_default_device().ToString());
        int threads = get_num_threads();
        set_num_threads(2);
        Assert.Equal(2, get_num_threads());
        set_num_threads(threads);
        Assert.True(get_num_interop_threads() > 0);
    }
}
