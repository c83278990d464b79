using TorchSharp.Modules;

namespace TorchSharp
{
    namespace Modules
    {
        /// <summary>Kingma and Ba 2015, as PyTorch computes it.</summary>
        public class Adam : OptimizerHelper
        {
            private readonly Options _defaults;
            private readonly Dictionary<nint, State> _states = [];

            public Adam(
                IEnumerable<Parameter> parameters,
                double lr = 1e-3,
                double beta1 = 0.9,
                double beta2 = 0.999,
                double eps = 1e-8,
                double weight_decay = 0,
                bool amsgrad = false,
                bool maximize = false)
                : this([new ParamGroup { Parameters = parameters }], lr, beta1, beta2, eps, weight_decay, amsgrad, maximize)
            {
            }

            public Adam(
                IEnumerable<ParamGroup> parameters,
                double lr = 1e-3,
                double beta1 = 0.9,
                double beta2 = 0.999,
                double eps = 1e-8,
                double weight_decay = 0,
                bool amsgrad = false,
                bool maximize = false)
            {
                if (lr < 0) throw new ArgumentException($"Invalid learning rate: {lr}");
                if (eps < 0) throw new ArgumentException($"Invalid ε: {eps}");
                if (beta1 is < 0 or >= 1.0) throw new ArgumentException($"Invalid beta1: {beta1}");
                if (beta2 is < 0 or >= 1.0) throw new ArgumentException($"Invalid beta2: {beta2}");
                if (weight_decay < 0.0) throw new ArgumentException($"Invalid weight_decay value: {weight_decay}");
                if (amsgrad) throw new NotSupportedException("Adam with amsgrad.");
                _defaults = new Options { LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay, maximize = maximize };
                foreach (ParamGroup group in parameters) add_param_group(group);
            }

            public override void add_param_group(Modules.ParamGroup param_group)
            {
                base.add_param_group(param_group);
                var options = (Options)(param_group.Options ??= new Options());
                options.LearningRate ??= _defaults.LearningRate;
                options.beta1 ??= _defaults.beta1;
                options.beta2 ??= _defaults.beta2;
                options.eps ??= _defaults.eps;
                options.weight_decay ??= _defaults.weight_decay;
                options.maximize ??= _defaults.maximize;
                options.InitialLearningRate = options.LearningRate!.Value;
                foreach (Parameter parameter in param_group.Parameters) _states[parameter.Handle] = new State(parameter);
            }

            private protected override void Step(Modules.ParamGroup group, Parameter parameter, torch.Tensor grad)
            {
                var options = (Options)group.Options!;
                State state = _states[parameter.Handle];
                double beta1 = options.beta1!.Value, beta2 = options.beta2!.Value;
                state.Steps++;
                if (options.maximize!.Value) grad = -grad;
                if (options.weight_decay!.Value != 0) grad = grad.add(parameter, alpha: options.weight_decay.Value);
                state.Mean.mul_(beta1).add_(grad, alpha: 1 - beta1);
                state.Square.mul_(beta2).addcmul_(grad, grad, value: 1 - beta2);
                double correction1 = 1 - Math.Pow(beta1, state.Steps), correction2 = 1 - Math.Pow(beta2, state.Steps);
                torch.Tensor deviation = state.Square.sqrt().div_(Math.Sqrt(correction2)).add_(options.eps!.Value);
                parameter.addcdiv_(state.Mean, deviation, value: -options.LearningRate!.Value / correction1);
            }

            private protected override void SaveState(Parameter parameter, BinaryWriter writer)
            {
                State state = _states[parameter.Handle];
                writer.Write(state.Steps);
                Save(state.Mean, writer);
                Save(state.Square, writer);
            }

            private protected override void LoadState(Parameter parameter, BinaryReader reader)
            {
                State state = _states[parameter.Handle];
                state.Steps = reader.ReadInt64();
                Load(state.Mean, reader);
                Load(state.Square, reader);
            }

            protected override void Dispose(bool disposing)
            {
                if (disposing)
                {
                    foreach (State state in _states.Values) state.Dispose();
                }

                base.Dispose(disposing);
            }

            public class Options : OptimizerOptions
            {
                public double? beta1;
                public double? beta2;
                public double? weight_decay;
                public double? eps;
                public bool? amsgrad;
                public bool? maximize;
            }

            public class ParamGroup : ParamGroup<Options>
            {
                public ParamGroup()
                {
                }

                public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options)
                {
                }

                public ParamGroup(
                    IEnumerable<Parameter> parameters,
                    double lr = 1e-3,
                    double beta1 = 0.9,
                    double beta2 = 0.999,
                    double eps = 1e-8,
                    double weight_decay = 0,
                    bool amsgrad = false,
                    bool maximize = false)
                    : base(parameters, new Options { LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay, maximize = maximize })
                {
                    if (amsgrad) throw new NotSupportedException("Adam with amsgrad.");
                }
            }

            private sealed class State(Parameter parameter) : IDisposable
            {
                public long Steps { get; set; }

                public torch.Tensor Mean { get; } = torch.zeros_like(parameter).DetachFromDisposeScope();

                public torch.Tensor Square { get; } = torch.zeros_like(parameter).DetachFromDisposeScope();

                public void Dispose()
                {
                    Mean.Dispose();
                    Square.Dispose();
                }
            }
        }
    }

    public static partial class torch
    {
        public static partial class optim
        {
            public static Adam Adam(
                IEnumerable<Parameter> parameters,
                double lr = 1e-3,
                double beta1 = 0.9,
                double beta2 = 0.999,
                double eps = 1e-8,
                double weight_decay = 0,
                bool amsgrad = false,
                bool maximize = false) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            public static Adam Adam(
                IEnumerable<(string name, Parameter parameter)> parameters,
                double lr = 1e-3,
                double beta1 = 0.9,
                double beta2 = 0.999,
                double eps = 1e-8,
                double weight_decay = 0,
                bool amsgrad = false,
                bool maximize = false) =>
                new(parameters.Select(parameter => parameter.parameter), lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            public static Adam Adam(
                IEnumerable<Adam.ParamGroup> parameters,
                double lr = 1e-3,
                double beta1 = 0.9,
                double beta2 = 0.999,
                double eps = 1e-8,
                double weight_decay = 0,
                bool amsgrad = false,
                bool maximize = false) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);
        }
    }
}
