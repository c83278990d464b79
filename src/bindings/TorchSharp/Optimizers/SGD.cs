using TorchSharp.Modules;

namespace TorchSharp
{
    namespace Modules
    {
        /// <summary>Descent along the gradient, with momentum where it is asked for.</summary>
        public class SGD : OptimizerHelper
        {
            private readonly Options _defaults;
            private readonly Dictionary<nint, torch.Tensor> _momenta = [];

            public SGD(
                IEnumerable<Parameter> parameters,
                double lr,
                double momentum = 0.0,
                double dampening = 0,
                double weight_decay = 0,
                bool nesterov = false,
                bool maximize = false)
            {
                if (lr < 0.0) throw new ArgumentException($"Invalid learning rate: {lr}");
                if (momentum < 0.0) throw new ArgumentException($"Invalid momentum value: {momentum}");
                if (weight_decay < 0.0) throw new ArgumentException($"Invalid weight_decay value: {weight_decay}");
                if (nesterov && (momentum <= 0 || dampening != 0))
                    throw new ArgumentException("Nesterov momentum requires a momentum and zero dampening");
                _defaults = new Options
                {
                    LearningRate = lr,
                    InitialLearningRate = lr,
                    momentum = momentum,
                    dampening = dampening,
                    weight_decay = weight_decay,
                    nesterov = nesterov,
                    maximize = maximize,
                };
                add_param_group(new ParamGroup<Options>(parameters, _defaults));
            }

            private protected override void Step(ParamGroup group, Parameter parameter, torch.Tensor grad)
            {
                var options = (Options)group.Options!;
                if (options.weight_decay!.Value != 0) grad = grad.add(parameter, alpha: options.weight_decay.Value);
                if (options.momentum!.Value != 0)
                {
                    if (_momenta.TryGetValue(parameter.Handle, out torch.Tensor? momentum))
                        momentum.mul_(options.momentum.Value).add_(grad, alpha: 1 - options.dampening!.Value);
                    else
                        _momenta[parameter.Handle] = momentum = grad.clone().DetachFromDisposeScope();
                    grad = options.nesterov!.Value ? grad.add(momentum, alpha: options.momentum.Value) : momentum;
                }

                double rate = options.LearningRate!.Value;
                parameter.add_(grad, alpha: options.maximize!.Value ? rate : -rate);
            }

            private protected override void SaveState(Parameter parameter, BinaryWriter writer)
            {
                bool hasMomentum = _momenta.TryGetValue(parameter.Handle, out torch.Tensor? momentum);
                writer.Write(hasMomentum);
                if (hasMomentum) Save(momentum!, writer);
            }

            private protected override void LoadState(Parameter parameter, BinaryReader reader)
            {
                if (!reader.ReadBoolean()) return;
                if (!_momenta.TryGetValue(parameter.Handle, out torch.Tensor? momentum))
                    _momenta[parameter.Handle] = momentum = torch.zeros_like(parameter).DetachFromDisposeScope();
                Load(momentum, reader);
            }

            protected override void Dispose(bool disposing)
            {
                if (disposing)
                {
                    foreach (torch.Tensor momentum in _momenta.Values) momentum.Dispose();
                }

                base.Dispose(disposing);
            }

            public class Options : OptimizerOptions
            {
                public double? momentum;
                public double? dampening;
                public double? weight_decay;
                public bool? nesterov;
                public bool? maximize;
            }
        }
    }

    public static partial class torch
    {
        public static partial class optim
        {
            public static SGD SGD(
                IEnumerable<Parameter> parameters,
                double learningRate,
                double momentum = 0,
                double dampening = 0,
                double weight_decay = 0,
                bool nesterov = false,
                bool maximize = false) =>
                new(parameters, learningRate, momentum, dampening, weight_decay, nesterov, maximize);
        }
    }
}
