using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What all optimizers do alike.</summary>
public abstract class OptimizerHelper : optim.Optimizer
{
    private readonly List<ParamGroup> _groups = [];

    public override IEnumerable<optim.ILearningRateController> ParamGroups => _groups;

    private protected IEnumerable<ParamGroup> Groups => _groups;

    public override IEnumerable<Parameter> parameters() => _groups.SelectMany(group => group.Parameters);

    public virtual void add_param_group(ParamGroup param_group)
    {
        // The parameters are gone through at every step.
        param_group.Parameters = [.. param_group.Parameters];
        _groups.Add(param_group);
    }

    /// <summary>Fills gradients with zeros; they stay.</summary>
    public override void zero_grad()
    {
        foreach (Parameter parameter in parameters())
        {
            using Tensor? grad = parameter.grad;
            grad?.zero_();
        }
    }

    public override Tensor? step(Func<Tensor>? closure = null)
    {
        Tensor? loss = null;
        if (closure is not null)
        {
            using IDisposable recorded = enable_grad();
            loss = closure();
        }

        using IDisposable frozen = no_grad();
        foreach (ParamGroup group in _groups)
        {
            foreach (Parameter parameter in group.Parameters)
            {
                using DisposeScope scope = NewDisposeScope();
                if (parameter.grad is Tensor grad) Step(group, parameter, grad);
            }
        }

        return loss;
    }

    private protected abstract void Step(ParamGroup group, Parameter parameter, Tensor grad);
}
