using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public bool requires_grad
        {
            get => Information.RequiresGrad != 0;
            set
            {
                LibTorch.Check(LibTorch.tensor_set_requires_grad(Handle, value ? 1 : 0));
                GC.KeepAlive(this);
            }
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        public void retain_grad()
        {
            LibTorch.Check(LibTorch.tensor_retain_grad(Handle));
            GC.KeepAlive(this);
        }

        /// <summary>What went backward to this leaf so far; a new object each time, null before anything did.</summary>
        public Tensor? grad
        {
            get
            {
                LibTorch.Check(LibTorch.tensor_grad(Handle, out nint grad));
                GC.KeepAlive(this);
                return grad == 0 ? null : new Tensor(grad);
            }

            set
            {
                LibTorch.Check(LibTorch.tensor_set_grad(Handle, value?.Handle ?? 0));
                GC.KeepAlive(this);
                GC.KeepAlive(value);
            }
        }

        public void backward() => autograd.backward(this, grad_tensors: null);

        public void backward(
            IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null) =>
            autograd.backward(this, grad_tensors, retain_graph, create_graph, inputs);

        public Tensor detach() => Aten.Detach.Call(this);

        public Tensor detach_() => Changed(Aten.DetachTo);
    }
}
