using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Storage.Inputs;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Storage.Inputs;

/// <summary>Holds an input against what its writer meant.</summary>
internal static class StoredInputChecks
{
    public static void ReadsAsMeant(StoredInputSamples samples, string name)
    {
        StoredInputSamples.Entry expected = samples.Good[name];
        using IStoredInput input = StoredInput.Open(samples.PathOf(expected.Open));
        HasMeantShape(input, expected);
        HasMeantPlanes(input, expected, samples.PixelsOf(name));
    }

    public static void HasMeantShape(IStoredInput input, StoredInputSamples.Entry expected)
    {
        Assert.True(Path.IsPathFullyQualified(input.Location));
        Assert.Equal(expected.Format, input.Format);
        Assert.Equal((expected.T, expected.C), (input.TimePoints, input.ChannelNames.Length));
        Assert.Equal(new VolumeShape(expected.Z, expected.Y, expected.X), input.Shape);
        Assert.Equal(expected.Type, input.PixelType.Name());
        Assert.Equal(expected.Channels ?? [.. Enumerable.Range(0, expected.C).Select(c => $"Channel {c}")], input.ChannelNames);
        Assert.Equal(expected.Interval is { } seconds ? TimeSpan.FromSeconds(seconds) : null, input.Interval);
        if (expected.Voxel is not { } voxel)
        {
            Assert.Null(input.VoxelSize);
            return;
        }

        Assert.Equal(voxel[0], input.VoxelSize!.ZUm, 1e-6);
        Assert.Equal(voxel[1], input.VoxelSize.YUm, 1e-6);
        Assert.Equal(voxel[2], input.VoxelSize.XUm, 1e-6);
    }

    public static void HasMeantPlanes(IStoredInput input, StoredInputSamples.Entry expected, byte[] pixels)
    {
        var missing = expected.Missing.Select(plane => new FrameIndex(plane[0], plane[1], plane[2])).ToHashSet();
        int planeBytes = input.Shape.PlaneVoxels * input.PixelType.Bytes();
        Assert.Equal(expected.Planes * planeBytes, pixels.Length);
        var plane = new byte[planeBytes];
        for (int t = 0; t < input.TimePoints; t++)
            for (int c = 0; c < input.ChannelNames.Length; c++)
            {
                ImmutableArray<int> gone = [.. Enumerable.Range(0, input.Shape.Z).Where(z => missing.Contains(new(t, c, z)))];
                Assert.Equal(gone, input.MissingPlanes(new(t, c)));
                Assert.Equal(gone.Length < input.Shape.Z, input.Exists(new(t, c)));
                for (int z = 0; z < input.Shape.Z; z++)
                {
                    // Zarr defines what samples are that nobody stored.
                    if (gone.Contains(z) && !input.Format.StartsWith("OME-Zarr", StringComparison.Ordinal))
                    {
                        Assert.Throws<StorageException>(() => input.ReadPlane(new(t, c, z), plane));
                        continue;
                    }

                    input.ReadPlane(new(t, c, z), plane);
                    int number = (t * input.ChannelNames.Length + c) * input.Shape.Z + z;
                    Assert.True(plane.AsSpan().SequenceEqual(pixels.AsSpan(number * planeBytes, planeBytes)), $"The pixels of {new FrameIndex(t, c, z)} differ.");
                }
            }

        Assert.False(input.Exists(new(input.TimePoints, 0)));
        Assert.False(input.Exists(new(0, -1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => input.MissingPlanes(new(0, input.ChannelNames.Length)));
        Assert.Throws<ArgumentOutOfRangeException>(() => input.ReadPlane(new(0, 0, input.Shape.Z), plane));
        Assert.Throws<ArgumentException>(() => input.ReadPlane(default, plane.AsSpan(1)));
    }

    /// <summary>Opening, or else reading, names the path and each of the words.</summary>
    public static void IsRefused(StoredInputSamples samples, string name)
    {
        var fault = Assert.Throws<DataFormatException>(() => StoredInput.Open(samples.PathOf(name)).Dispose());
        Assert.Contains(samples.PathOf(name), fault.Message, StringComparison.Ordinal);
        Assert.All(samples.Bad[name], word => Assert.Contains(word, fault.Message, StringComparison.Ordinal));
    }

    /// <summary>Changes bytes of a copy of an input at random; whatever comes of it is an exception of the two kinds that people can act on.</summary>
    /// <param name="files">Files to damage, relative to the input.</param>
    public static void DamageIsReadOrRefused(string source, string[] files, int trials)
    {
        using var folder = new StorageFolder();
        var random = new Random(4711);
        byte[][] whole = [.. files.Select(file => File.ReadAllBytes(Path.Combine(source, file)))];
        CopyFolder(source, folder["a"]);
        for (int trial = 0; trial < trials; trial++)
        {
            int which = random.Next(files.Length);
            string path = Path.Combine(folder["a"], files[which]);
            byte[] bad = [.. whole[which]];
            for (int i = random.Next(1, 4); i > 0; i--) bad[random.Next(bad.Length)] = (byte)random.Next(256);
            if (trial % 5 == 0) bad = bad[..random.Next(bad.Length)];
            File.WriteAllBytes(path, bad);
            Exception? fault = Record.Exception(() =>
            {
                using IStoredInput input = StoredInput.Open(folder["a"]);
                if (input.Shape.Voxels > 1_000_000) return;
                var plane = new byte[input.Shape.PlaneVoxels * input.PixelType.Bytes()];
                for (int t = 0; t < Math.Min(input.TimePoints, 3); t++)
                    for (int c = 0; c < Math.Min(input.ChannelNames.Length, 3); c++)
                        foreach (int z in Enumerable.Range(0, Math.Min(input.Shape.Z, 20)).Except(input.MissingPlanes(new(t, c))))
                            input.ReadPlane(new(t, c, z), plane);
            });
            Assert.True(fault is null or DataFormatException or StorageException, $"Trial {trial}: {fault}");
            File.WriteAllBytes(path, whole[which]);
        }
    }

    private static void CopyFolder(string source, string target)
    {
        Directory.CreateDirectory(target);
        foreach (string file in Directory.EnumerateFiles(source)) File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        foreach (string folder in Directory.EnumerateDirectories(source)) CopyFolder(folder, Path.Combine(target, Path.GetFileName(folder)));
    }
}
