using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor bernoulli(Generator? generator = null) => Aten.Bernoulli.Call(this, generator);

        public Tensor normal_(double mean = 0.0, double std = 1.0, Generator? generator = null) => Changed(Aten.Normal, mean, std, generator);

        public Tensor poisson(Generator? generator = null) => Aten.Poisson.Call(this, generator);

        public Tensor rand_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Aten.RandLike.Call(this, dtype, Argument.None, device).with_requires_grad(requires_grad);

        public Tensor randn_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Aten.RandNLike.Call(this, dtype, Argument.None, device).with_requires_grad(requires_grad);

        public Tensor uniform_(double from, double to, Generator? generator = null) => Changed(Aten.Uniform, from, to, generator);
    }
}
