using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Training;

namespace Acquisition.Studies.Prior;

/// <summary>What the network sees of one crop and what it should add: the crop's noisy copy shrunk, and what cubic interpolation misses.</summary>
/// <param name="noisyTarget">Whether what is missing is that of the noisy crop, as in tuning, or of the clean one.</param>
internal sealed class Pair(VolumeShape crop, Factors factors, bool noisyTarget) : IDisposable
{
    private readonly FloatVolume _fine = new(crop);
    private readonly FloatVolume _clean = new(Resampling.ShrunkShape(crop, factors));
    private readonly FloatVolume _cubic = new(crop);

    public FloatVolume Input { get; } = new(Resampling.ShrunkShape(crop, factors));

    public FloatVolume Detail => _fine;

    public void Cut(Phantom phantom, Crop box)
    {
        box.Read(phantom.Noisy, _fine);
        Resampling.Shrink(_fine, factors, Input);
        new SampleRange(0, 1).Clamp(Input);
        if (!noisyTarget)
        {
            box.Read(phantom.Clean, _fine);
            Resampling.Shrink(_fine, factors, _clean);
            new SampleRange(0, 1).Clamp(_clean);
        }
        Resampling.Enlarge(noisyTarget ? Input : _clean, factors, _cubic);
        for (int z = 0; z < crop.Z; z++)
        {
            Span<float> fine = _fine.Plane(z), cubic = _cubic.Plane(z);
            for (int i = 0; i < fine.Length; i++) fine[i] -= cubic[i];
        }
    }

    public double MeanSquare()
    {
        double sum = 0;
        for (int z = 0; z < crop.Z; z++)
        {
            foreach (float value in _fine.Plane(z)) sum += (double)value * value;
        }
        return sum / crop.Voxels;
    }

    public void Dispose()
    {
        _fine.Dispose();
        _clean.Dispose();
        _cubic.Dispose();
        Input.Dispose();
    }
}
