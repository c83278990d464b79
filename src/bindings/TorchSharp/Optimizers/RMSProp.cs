using TorchSharp.Modules;

namespace TorchSharp
{
    namespace Modules
    {
        /// <summary>Tieleman and Hinton 2012, as PyTorch computes it.</summary>
        public class RMSProp : OptimizerHelper
        {
            private readonly Dictionary<nint, State> _states = [];

            public RMSProp(
                IEnumerable<Parameter> parameters,
                double lr = 1e-3,
                double alpha = 0.99,
                double eps = 1e-8,
                double weight_decay = 0,
                double momentum = 0.0,
                bool centered = false,
                bool maximize = false)
            {
                if (lr < 0) throw new ArgumentException($"Invalid learning rate: {lr}");
                if (eps < 0) throw new ArgumentException($"Invalid ε: {eps}");
                if (alpha < 0) throw new ArgumentException($"Invalid alpha: {alpha}");
                if (momentum < 0.0) throw new ArgumentException($"Invalid momentum value: {momentum}");
                if (weight_decay < 0.0) throw new ArgumentException($"Invalid weight_decay value: {weight_decay}");
                if (centered || momentum > 0) throw new NotSupportedException("RMSProp with momentum, or centered.");
                var options = new Options
                {
                    LearningRate = lr,
                    InitialLearningRate = lr,
                    alpha = alpha,
                    eps = eps,
                    weight_decay = weight_decay,
                    momentum = momentum,
                    centered = centered,
                    maximize = maximize,
                };
                var group = new ParamGroup<Options>(parameters, options);
                add_param_group(group);
                foreach (Parameter parameter in group.Parameters) _states[parameter.Handle] = new State(parameter);
            }

            private protected override void Step(ParamGroup group, Parameter parameter, torch.Tensor grad)
            {
                var options = (Options)group.Options!;
                State state = _states[parameter.Handle];
                state.Steps++;
                if (options.maximize!.Value) grad = -grad;
                if (options.weight_decay!.Value != 0) grad = grad.add(parameter, alpha: options.weight_decay.Value);
                state.Square.mul_(options.alpha!.Value).addcmul_(grad, grad, value: 1 - options.alpha.Value);
                parameter.addcdiv_(grad, state.Square.sqrt().add_(options.eps!.Value), value: -options.LearningRate!.Value);
            }

            private protected override void SaveState(Parameter parameter, BinaryWriter writer)
            {
                State state = _states[parameter.Handle];
                writer.Write(state.Steps);
                Save(state.Square, writer);
            }

            private protected override void LoadState(Parameter parameter, BinaryReader reader)
            {
                State state = _states[parameter.Handle];
                state.Steps = reader.ReadInt64();
                Load(state.Square, reader);
            }

            protected override void Dispose(bool disposing)
            {
                if (disposing)
                {
                    foreach (State state in _states.Values) state.Square.Dispose();
                }

                base.Dispose(disposing);
            }

            public class Options : OptimizerOptions
            {
                public double? alpha;
                public double? eps;
                public double? weight_decay;
                public double? momentum;
                public bool? centered;
                public bool? maximize;
            }

            private sealed class State(Parameter parameter)
            {
                public long Steps { get; set; }

                public torch.Tensor Square { get; } = torch.zeros_like(parameter).DetachFromDisposeScope();
            }
        }
    }

    public static partial class torch
    {
        public static partial class optim
        {
            public static RMSProp RMSProp(
                IEnumerable<Parameter> parameters,
                double lr = 0.01,
                double alpha = 0.99,
                double eps = 1e-8,
                double weight_decay = 0,
                double momentum = 0,
                bool centered = false,
                bool maximize = false) =>
                new(parameters, lr, alpha, eps, weight_decay, momentum, centered, maximize);
        }
    }
}
