using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor abs() => Aten.Abs.Call(this);

        public Tensor add(Tensor target) => Aten.Add.Call(this, target);

        public Tensor add(Tensor target, Scalar alpha) => Aten.Add.Call(this, target, alpha);

        public Tensor add(Scalar scalar) => Aten.AddScalar.Call(this, scalar);

        public Tensor add_(Tensor target) => Changed(Aten.AddTo, target);

        public Tensor add_(Tensor target, Scalar alpha) => Changed(Aten.AddTo, target, alpha);

        public Tensor add_(Scalar scalar) => Changed(Aten.AddScalarTo, scalar);

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => Changed(Aten.AddCDivTo, tensor1, tensor2, value);

        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => Changed(Aten.AddCMulTo, tensor1, tensor2, value);

        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Aten.Clamp.Call(this, min, max);

        public Tensor clamp(Tensor? min = null, Tensor? max = null) => Aten.ClampTensor.Call(this, min, max);

        public Tensor clip(Scalar? min = null, Scalar? max = null) => clamp(min, max);

        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => Changed(Aten.ClampTo, min, max);

        public Tensor clamp_min(Scalar min) => clamp(min, null);

        public Tensor clamp_max(Scalar max) => clamp((Scalar?)null, max);

        public Tensor cos() => Aten.Cos.Call(this);

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            Aten.Div.Call(this, target, Text(rounding_mode));

        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            Aten.DivScalar.Call(this, target, Text(rounding_mode));

        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            Changed(Aten.DivTo, target, Text(rounding_mode));

        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            Changed(Aten.DivScalarTo, target, Text(rounding_mode));

        public Tensor exp() => Aten.Exp.Call(this);

        public Tensor floor() => Aten.Floor.Call(this);

        public Tensor lerp(Tensor end, Tensor weight) => Aten.Lerp.Call(this, end, weight);

        public Tensor log() => Aten.Log.Call(this);

        public Tensor log10() => Aten.Log10.Call(this);

        public Tensor log1p() => Aten.Log1p.Call(this);

        public Tensor maximum(Tensor other) => Aten.Maximum.Call(this, other);

        public Tensor minimum(Tensor other) => Aten.Minimum.Call(this, other);

        public Tensor mul(Tensor target) => Aten.Mul.Call(this, target);

        public Tensor mul(Scalar target) => Aten.MulScalar.Call(this, target);

        public Tensor mul_(Tensor target) => Changed(Aten.MulTo, target);

        public Tensor mul_(Scalar target) => Changed(Aten.MulScalarTo, target);

        public Tensor neg() => Aten.Neg.Call(this);

        public Tensor negative() => neg();

        public Tensor pow(Tensor exponent) => Aten.PowTensor.Call(this, exponent);

        public Tensor pow(Scalar exponent) => Aten.Pow.Call(this, exponent);

        public Tensor reciprocal() => Aten.Reciprocal.Call(this);

        public Tensor round(long decimals = 0L) => Aten.Round.Call(this, decimals);

        public Tensor sign() => Aten.Sign.Call(this);

        public Tensor sin() => Aten.Sin.Call(this);

        public Tensor sqrt() => Aten.Sqrt.Call(this);

        public Tensor square() => pow(2);

        public Tensor sub(Tensor target) => Aten.Sub.Call(this, target);

        public Tensor sub(Scalar target) => Aten.SubScalar.Call(this, target);

        public Tensor sub_(Tensor target) => Changed(Aten.SubTo, target);

        public Tensor sub_(Scalar target) => Changed(Aten.SubScalarTo, target);

        public Tensor bmm(Tensor batch2) => Aten.Bmm.Call(this, batch2);

        public Tensor matmul(Tensor target) => Aten.MatMul.Call(this, target);

        public Tensor mm(Tensor target) => Aten.Mm.Call(this, target);

        public Tensor tensordot(Tensor b, long[] dims1, long[] dims2) => Aten.TensorDot.Call(this, b, dims1, dims2);

        public Tensor tensordot(Tensor b, (long, long)[] dims) =>
            tensordot(b, [.. dims.Select(pair => pair.Item1)], [.. dims.Select(pair => pair.Item2)]);

        public Tensor relu() => Aten.Relu.Call(this);

        public Tensor relu_() => Changed(Aten.ReluTo);

        public Tensor leaky_relu(Scalar negative_slope) => Aten.LeakyRelu.Call(this, negative_slope);

        public Tensor leaky_relu_(Scalar negative_slope) => Changed(Aten.LeakyReluTo, negative_slope);

        public Tensor prelu(Tensor target) => Aten.PRelu.Call(this, target);

        public Tensor sigmoid() => Aten.Sigmoid.Call(this);

        public Tensor softmax(long dim, ScalarType? dtype = null) => Aten.Softmax.Call(this, dim, dtype);

        public Tensor tanh() => Aten.Tanh.Call(this);

        private static string? Text(RoundingMode mode) => mode switch { RoundingMode.trunc => "trunc", RoundingMode.floor => "floor", _ => null };

        private Tensor Changed(AtenOperator change)
        {
            change.Run(this);
            return this;
        }

        private Tensor Changed(AtenOperator change, Argument first)
        {
            change.Run(this, first);
            return this;
        }

        private Tensor Changed(AtenOperator change, Argument first, Argument second)
        {
            change.Run(this, first, second);
            return this;
        }

        private Tensor Changed(AtenOperator change, Argument first, Argument second, Argument third)
        {
            change.Run(this, first, second, third);
            return this;
        }
    }
}
