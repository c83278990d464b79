using System.Numerics;
using System.Runtime.InteropServices;
using Acquisition.Core;

namespace Acquisition.Restoration.Training;

/// <summary>What one crop teaches; reused from crop to crop by one thread. Taking one allocates nothing.</summary>
internal sealed class Lesson(TrainingSet set, Factors factors) : IDisposable
{
    private readonly FloatVolume _cubic = new(set.Crop);

    /// <summary>The crop shrunk: the network's input.</summary>
    public FloatVolume Coarse { get; } = new(Resampling.ShrunkShape(set.Crop, factors));

    /// <summary>What the network should add to the cubic enlargement.</summary>
    public FloatVolume Detail { get; } = new(set.Crop);

    /// <summary>Of each sample of <see cref="Detail"/> in the loss.</summary>
    public FloatVolume Weights { get; } = new(set.Crop);

    public void Take(Crop box)
    {
        box.Read(set.Volume, Detail);
        box.Read(set.Weights, Weights);
        Resampling.Shrink(Detail, factors, Coarse);
        set.Range.Clamp(Coarse);
        Resampling.Enlarge(Coarse, factors, _cubic);
        for (int z = 0; z < Detail.Shape.Z; z++)
        {
            Span<float> samples = Detail.Plane(z), enlarged = _cubic.Plane(z);
            Span<Vector<float>> detail = MemoryMarshal.Cast<float, Vector<float>>(samples), cubic = MemoryMarshal.Cast<float, Vector<float>>(enlarged);
            for (int i = 0; i < detail.Length; i++) detail[i] -= cubic[i];
            for (int i = detail.Length * Vector<float>.Count; i < samples.Length; i++) samples[i] -= enlarged[i];
        }
    }

    public void Dispose()
    {
        _cubic.Dispose();
        Coarse.Dispose();
        Detail.Dispose();
        Weights.Dispose();
    }
}
