using System.Collections.Immutable;
using Acquisition.App.Runs;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Storage.Inputs;
using Acquisition.Storage.Tiff;
using Acquisition.Torch.Adversarial;

namespace Acquisition.App.Training;

/// <summary>Images to learn from, read from disk.</summary>
internal static class ImageFiles
{
    /// <summary>Share of the machine's memory that images may take, as numbers.</summary>
    private const double MostMemory = 0.5;

    /// <param name="path">A folder of TIFFs, which may differ in size, or one of what <see cref="StoredInput"/> reads.</param>
    /// <param name="isPlanar">Whether each plane becomes an image of its own.</param>
    /// <returns>For the caller to dispose of the images.</returns>
    /// <exception cref="AcquisitionException">They cannot be read, do not tell their voxel size, or are more than memory holds.</exception>
    public static ImageLibrary Read(string path, LibrarySetting setting, int channel, bool isPlanar)
    {
        var images = new List<FloatVolume>();
        try
        {
            VoxelSize? voxel = setting.Voxel;
            long bytes = 0, most = (long)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * MostMemory);
            foreach (string part in Parts(path, isPlanar))
            {
                using IStoredInput input = StoredInput.Open(part);
                voxel ??= input.VoxelSize;
                if (channel >= input.ChannelNames.Length)
                    throw new DataFormatException($"'{part}' has {input.ChannelNames.Length} channel(s); training.channel is {channel}, counted from 0.");
                for (int t = 0; t < input.TimePoints; t++)
                {
                    var index = new VolumeIndex(t, channel);
                    if (!input.Exists(index) || !input.MissingPlanes(index).IsEmpty) continue;
                    bytes += sizeof(float) * input.Shape.Voxels;
                    if (bytes > most)
                        throw new DataFormatException($"The images of '{path}' take more than {most >> 20} MiB as numbers, half of this machine's memory. Give fewer.");
                    images.AddRange(Volumes(input, index, isPlanar));
                }
            }

            if (voxel is null) throw new DataFormatException($"'{path}' does not tell its voxel size; give it as training.input_voxel_um or training.target_voxel_um.");
            return new ImageLibrary { Images = [.. images], Card = LibraryCard.Of(images, voxel, setting.Objective, setting.Gain) };
        }
        catch
        {
            foreach (FloatVolume image in images) image.Dispose();
            throw;
        }
    }

    /// <summary>Files one by one where they need not be alike; a folder whole where its files may be planes of one volume.</summary>
    private static ImmutableArray<string> Parts(string path, bool isPlanar)
    {
        if (!Directory.Exists(path) || TiffFiles.In(path) is not { IsEmpty: false } files || File.Exists(Path.Combine(path, "NDTiff.index"))) return [path];
        using TiffStack first = TiffStack.Open(files[0]);
        return isPlanar || first.Shape.Z > 1 ? files : [path];
    }

    private static IEnumerable<FloatVolume> Volumes(IStoredInput input, VolumeIndex index, bool isPlanar)
    {
        VolumeShape shape = isPlanar ? input.Shape with { Z = 1 } : input.Shape;
        var bytes = new byte[input.Shape.PlaneVoxels * input.PixelType.Bytes()];
        for (int first = 0; first < input.Shape.Z; first += shape.Z)
        {
            var volume = new FloatVolume(shape);
            for (int z = 0; z < shape.Z; z++)
            {
                input.ReadPlane(new FrameIndex(index.T, index.C, first + z), bytes);
                SampleBytes.ToFloat(bytes, input.PixelType, volume.Plane(z));
            }

            yield return volume;
        }
    }
}
