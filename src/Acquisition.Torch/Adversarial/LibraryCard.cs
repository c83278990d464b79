using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Acquisition.Core;
using Acquisition.Restoration;

namespace Acquisition.Torch.Adversarial;

/// <summary>What a model's card says of images that it learned from, and what a scan is held against.</summary>
public sealed record LibraryCard
{
    private const double LowShare = 0.01;
    private const double HighShare = 0.999;

    /// <summary>Samples taken at even distances at most, of each image.</summary>
    private const long MaxSamples = 1 << 20;

    public required int Images { get; init; }

    public required long Voxels { get; init; }

    /// <summary>SHA-256 over shapes and samples, lower-case hex.</summary>
    public required string Fingerprint { get; init; }

    public required VoxelSize VoxelSize { get; init; }

    /// <summary>As the microscope announces it; <see langword="null"/> where nobody said.</summary>
    public string? Objective { get; init; }

    /// <summary>Detector gain in the lab's own unit; <see langword="null"/> where nobody said.</summary>
    public double? Gain { get; init; }

    /// <summary>What networks take for 0 and 1: the 1 % and 99.9 % percentile of all images together.</summary>
    public required IntensityScale Scale { get; init; }

    /// <summary>Looks at images.</summary>
    /// <exception cref="RestorationException">There is none, or all are constant.</exception>
    public static LibraryCard Of(IReadOnlyList<FloatVolume> images, VoxelSize voxel, string? objective, double? gain)
    {
        ArgumentNullException.ThrowIfNull(images);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var samples = new List<float>();
        foreach (FloatVolume image in images)
        {
            hash.AppendData(MemoryMarshal.AsBytes<int>([image.Shape.Z, image.Shape.Y, image.Shape.X]));
            for (int z = 0; z < image.Shape.Z; z++) hash.AppendData(MemoryMarshal.AsBytes(image.Plane(z)));
            FiniteSamples.AddTo(samples, image, FiniteSamples.Distance(image.Shape.Voxels, MaxSamples));
        }

        samples.Sort();
        var scale = samples.Count == 0 ? default : new IntensityScale(FiniteSamples.Percentile(samples, LowShare), FiniteSamples.Percentile(samples, HighShare));
        if (scale.IsDegenerate && samples.Count > 0) scale = new IntensityScale(samples[0], samples[^1]);
        return scale.IsDegenerate
            ? throw new RestorationException($"The {images.Count} image(s) have nothing to learn from: their samples are all {scale.Low}.")
            : new LibraryCard
            {
                Images = images.Count,
                Voxels = images.Sum(image => image.Shape.Voxels),
                Fingerprint = Convert.ToHexStringLower(hash.GetHashAndReset()),
                VoxelSize = voxel,
                Objective = objective,
                Gain = gain,
                Scale = scale,
            };
    }
}
