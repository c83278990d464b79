using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Until it is disposed, nothing on this thread is recorded for gradients. Other threads, and this one after an await, are not affected.</summary>
    public static IDisposable no_grad() => new AutoGradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new AutoGradMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new AutoGradMode(mode);

    public static bool is_grad_enabled() => LibTorch.grad_mode_is_enabled() != 0;

    /// <summary>As <see cref="no_grad"/> and faster; what is made meanwhile can never take part in gradients. Dispose it on the thread that made it.</summary>
    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    public static bool is_inference_mode_enabled() => LibTorch.inference_mode_is_enabled() != 0;

    private sealed class AutoGradMode : IDisposable
    {
        private readonly bool _before = is_grad_enabled();

        public AutoGradMode(bool enabled) => LibTorch.grad_mode_set_enabled(enabled ? 1 : 0);

        public void Dispose() => LibTorch.grad_mode_set_enabled(_before ? 1 : 0);
    }

    private sealed class InferenceMode(bool mode) : IDisposable
    {
        private nint _guard = LibTorch.inference_mode_enter(mode ? 1 : 0);

        public void Dispose()
        {
            if (_guard != 0) LibTorch.inference_mode_leave(_guard);
            _guard = 0;
        }
    }

    public static partial class autograd
    {
        /// <param name="retain_graph">Needed with <paramref name="create_graph"/>, which does not imply it here.</param>
        /// <exception cref="System.Runtime.InteropServices.ExternalException">libtorch refused, for instance because an input takes no part.</exception>
        public static unsafe IList<Tensor> grad(
            IList<Tensor> outputs,
            IList<Tensor> inputs,
            IList<Tensor>? grad_outputs = null,
            bool retain_graph = false,
            bool create_graph = false,
            bool allow_unused = false)
        {
            nint[] results = new nint[inputs.Count];
            fixed (nint* from = Handles(outputs), to = Handles(inputs), grads = Handles(grad_outputs), found = results)
            {
                LibTorch.Check(LibTorch.autograd_grad(from, outputs.Count, to, inputs.Count, grads, grad_outputs?.Count ?? 0,
                    retain_graph ? 1 : 0, create_graph ? 1 : 0, allow_unused ? 1 : 0, found));
            }

            GC.KeepAlive((outputs, inputs, grad_outputs));
            return [.. results.Select(handle => handle == 0 ? null! : new Tensor(handle))];
        }

        /// <summary>Adds gradients to the leaves' <see cref="Tensor.grad"/>.</summary>
        public static unsafe void backward(
            IList<Tensor> tensors,
            IList<Tensor>? grad_tensors = null,
            bool? retain_graph = null,
            bool create_graph = false,
            IList<Tensor>? inputs = null)
        {
            fixed (nint* from = Handles(tensors), grads = Handles(grad_tensors), to = Handles(inputs))
            {
                LibTorch.Check(LibTorch.autograd_backward(from, tensors.Count, grads, grad_tensors?.Count ?? 0,
                    retain_graph ?? create_graph ? 1 : 0, create_graph ? 1 : 0, to, inputs?.Count ?? 0));
            }

            GC.KeepAlive((tensors, grad_tensors, inputs));
        }

        /// <inheritdoc cref="backward(IList{Tensor}, IList{Tensor}?, bool?, bool, IList{Tensor}?)"/>
        public static void backward(
            Tensor tensor,
            IList<Tensor>? grad_tensors = null,
            bool? retain_graph = null,
            bool create_graph = false,
            IList<Tensor>? inputs = null) =>
            backward([tensor], grad_tensors, retain_graph, create_graph, inputs);

        private static nint[] Handles(IList<Tensor>? tensors) => tensors is null ? [] : [.. tensors.Select(tensor => tensor.Handle)];
    }
}
