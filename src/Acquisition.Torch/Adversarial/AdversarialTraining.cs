using System.Collections.Immutable;
using Acquisition.Core;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Acquisition.Torch.Adversarial;

/// <summary>A system on its way: its networks, what moves them, and what it learns from. Not thread-safe.</summary>
/// <remarks>What a step draws at random depends on the seed and the step's number only, so that training that goes on from a checkpoint comes to the
/// same weights as training that was never cut off.</remarks>
public abstract class AdversarialTraining : IDisposable
{
    private const int CheckpointVersion = 1;

    protected AdversarialTraining(TrainingOptions options) => Options = options;

    public TrainingOptions Options { get; }

    /// <summary>Steps of the generators in all.</summary>
    public abstract int Steps { get; }

    /// <summary>Steps taken.</summary>
    public int Step { get; private set; }

    /// <summary>What a checkpoint holds, by name; always in one order.</summary>
    protected abstract IEnumerable<(string Name, nn.Module Network)> Networks { get; }

    protected abstract IEnumerable<OptimizerHelper> Optimizers { get; }

    /// <summary>Takes the next step.</summary>
    /// <returns>Losses by name, in an order that stays.</returns>
    /// <exception cref="RestorationException">A loss is no number any more, or the device fails.</exception>
    public ImmutableArray<(string Name, double Value)> Advance() => DeviceException.Final($"libtorch on {Options.Device}", "Close other programs, or take the small preset.", () =>
    {
        TorchThreads.Use(Options.Threads);
        using var scope = NewDisposeScope();
        Step++;
        ImmutableArray<(string Name, double Value)> losses = Learn(new Random(Mixed(Options.Seed, Step)));
        foreach (var (name, value) in losses)
        {
            if (!double.IsFinite(value)) throw new RestorationException($"The loss '{name}' is {value} after {Step} steps; training cannot go on. Another seed, or the safe preset, may help.");
        }

        return losses;
    });

    /// <summary>Measures on held-out images.</summary>
    /// <returns>Scores by name; the first is what weights are chosen by, higher is better.</returns>
    public ImmutableArray<(string Name, double Value)> Judge()
    {
        TorchThreads.Use(Options.Threads);
        using var scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        return Score();
    }

    /// <summary>Held-out images beside what networks make of them: rows of images of one height.</summary>
    public ImmutableArray<ImmutableArray<PreviewImage>> Preview()
    {
        TorchThreads.Use(Options.Threads);
        using var scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        return Show();
    }

    /// <summary>The weights as they are now.</summary>
    public abstract OfflineModel Model(ImmutableArray<(string Name, double Value)> scores);

    /// <summary>Writes everything that the next steps depend on.</summary>
    public void Save(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        using var scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        writer.Write(CheckpointVersion);
        writer.Write(Step);
        foreach (var (_, network) in Networks)
        {
            foreach (var (name, tensor) in network.state_dict())
            {
                writer.Write(name);
                TensorStream.Write(writer, tensor);
            }
        }

        foreach (OptimizerHelper optimizer in Optimizers) optimizer.save_state_dict(writer);
        SaveMore(writer);
    }

    /// <summary>Goes on where <see cref="Save"/> was called, in training made with the same options and images.</summary>
    /// <exception cref="DataFormatException">It is of another version or of other networks.</exception>
    public void Load(BinaryReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        using var scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        if (reader.ReadInt32() is var version && version != CheckpointVersion)
            throw new DataFormatException($"The checkpoint has version {version}, and this program reads {CheckpointVersion}.");
        Step = reader.ReadInt32();
        foreach (var (of, network) in Networks)
        {
            foreach (var (name, tensor) in network.state_dict())
            {
                if (reader.ReadString() is var found && found != name)
                    throw new DataFormatException($"The checkpoint has '{found}' where {of} has '{name}'.");
                TensorStream.Read(reader, tensor);
            }
        }

        foreach (OptimizerHelper optimizer in Optimizers) optimizer.load_state_dict(reader);
        LoadMore(reader);
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>One step of everything, within a scope that takes what it leaves.</summary>
    protected abstract ImmutableArray<(string Name, double Value)> Learn(Random chance);

    protected abstract ImmutableArray<(string Name, double Value)> Score();

    protected abstract ImmutableArray<ImmutableArray<PreviewImage>> Show();

    /// <summary>Writes what the next steps depend on beside networks and optimizers: pools, running weights.</summary>
    protected virtual void SaveMore(BinaryWriter writer)
    {
    }

    protected virtual void LoadMore(BinaryReader reader)
    {
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing) return;
        foreach (OptimizerHelper optimizer in Optimizers) optimizer.Dispose();
        foreach (var (_, network) in Networks) network.Dispose();
    }

    /// <summary>A seed that neighbouring steps do not share bits of (the finalizer of MurmurHash3).</summary>
    private static int Mixed(int seed, int step)
    {
        uint mixed = unchecked((uint)seed * 0x9E3779B9u + (uint)step);
        mixed = unchecked((mixed ^ (mixed >> 16)) * 0x85EBCA6Bu);
        mixed = unchecked((mixed ^ (mixed >> 13)) * 0xC2B2AE35u);
        return (int)((mixed ^ (mixed >> 16)) & int.MaxValue);
    }
}
