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

    /// <summary>Writes everything that the next steps depend on beside parameters and gradients. Only this package reads it.</summary>
    public void save_state_dict(BinaryWriter writer)
    {
        writer.Write(GetType().Name);
        writer.Write(_groups.Count);
        foreach (ParamGroup group in _groups)
        {
            writer.Write(group.LearningRate);
            writer.Write(group.InitialLearningRate);
            foreach (Parameter parameter in group.Parameters) SaveState(parameter, writer);
        }
    }

    /// <summary>Goes on where <see cref="save_state_dict"/> was called, with parameters of the same shapes.</summary>
    /// <exception cref="InvalidDataException">Another kind of optimizer wrote it.</exception>
    /// <exception cref="ArgumentException">It has another number of groups.</exception>
    public void load_state_dict(BinaryReader reader)
    {
        string kind = reader.ReadString();
        if (kind != GetType().Name)
            throw new InvalidDataException($"Mismatched optimizer type: expected '{GetType().Name}', but found '{kind}' in the loaded stream.");
        if (reader.ReadInt32() != _groups.Count) throw new ArgumentException("Invalid optimizer state -- different number of parameter groups.");
        foreach (ParamGroup group in _groups)
        {
            group.LearningRate = reader.ReadDouble();
            group.InitialLearningRate = reader.ReadDouble();
            foreach (Parameter parameter in group.Parameters) LoadState(parameter, reader);
        }
    }

    private protected static void Save(Tensor tensor, BinaryWriter writer)
    {
        using Tensor host = tensor.cpu();
        writer.Flush();
        host.WriteBytesToStream(writer.BaseStream);
    }

    private protected static void Load(Tensor tensor, BinaryReader reader)
    {
        using Tensor host = empty(tensor.shape, tensor.dtype);
        host.ReadBytesFromStream(reader.BaseStream);
        tensor.copy_(host);
    }

    private protected abstract void SaveState(Parameter parameter, BinaryWriter writer);

    private protected abstract void LoadState(Parameter parameter, BinaryReader reader);

    private protected abstract void Step(ParamGroup group, Parameter parameter, Tensor grad);
}
