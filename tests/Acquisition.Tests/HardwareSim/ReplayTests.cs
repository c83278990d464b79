using System.Runtime.InteropServices;
using System.Text.Json;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.HardwareSim;

/// <summary>Files written by tifffile, played to a receiver in Python.</summary>
public sealed class ReplayTests : IDisposable
{
    // Writes a stack of noise with the given numpy type, axes, shape and writer.
    private const string Write =
        """
        import sys, numpy as np, tifffile
        path, dtype, axes, shape, flavour = sys.argv[1:6]
        shape = [int(n) for n in shape.split(',')]
        random = np.random.default_rng(5)
        data = random.random(shape).astype('f4') * 300 - 20 if dtype == 'f4' else random.integers(0, np.iinfo(dtype).max + 1, shape).astype(dtype)
        if flavour == 'imagej': tifffile.imwrite(path, data, imagej=True, metadata={'axes': axes, 'spacing': 2.5, 'unit': 'um'}, resolution=(2, 4))
        elif flavour == 'ome': tifffile.imwrite(path, data, ome=True, metadata={'axes': axes, 'PhysicalSizeZ': 2.5, 'PhysicalSizeY': 0.25, 'PhysicalSizeX': 0.5})
        else: tifffile.imwrite(path, data, photometric='minisblack', compression=None if flavour == 'plain' else flavour)
        """;

    // The pixels of a file in the order (t, c, z, y, x), cropped.
    private const string Read =
        """
        import sys, numpy as np, tifffile
        path, axes, crop, target = sys.argv[1:5]
        data = tifffile.imread(path)
        data = data.reshape([data.shape[axes.index(a)] if a in axes else 1 for a in 'TZCYX']).transpose(0, 2, 1, 3, 4)
        z, y, x = (int(n) or None for n in crop.split(','))
        data[:, :, :z, :y, :x].tofile(target)
        """;

    private readonly HardwareSimFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("u1", "ZYX", "5,6,7", "plain")]
    [InlineData("u2", "ZYX", "5,6,7", "plain")]
    [InlineData("f4", "ZYX", "5,6,7", "plain")]
    [InlineData("u2", "TZCYX", "3,4,2,6,5", "imagej")]
    [InlineData("f4", "TZCYX", "2,3,2,6,5", "ome")]
    [InlineData("u1", "ZYX", "4,6,7", "zlib")]
    public async Task Plays_exactly_what_tifffile_reads_from_the_file(string dtype, string axes, string shape, string flavour)
    {
        string path = _folder["stack.tif"];
        await HardwareSimPython.RunAsync(Write, path, dtype, axes, shape, flavour);

        (JsonElement[] messages, byte[] pixels) = await PlayAsync(path);

        await HardwareSimPython.RunAsync(Read, path, axes, "0,0,0", _folder["expected"]);
        Assert.Equal(await BytesAsync("expected"), pixels);
        JsonElement start = messages[0];
        Assert.Equal(dtype switch { "u1" => "uint8", "u2" => "uint16", _ => "float32" }, start.GetProperty("dtype").GetString());
        if (flavour is "imagej" or "ome") Assert.Equal((2.5, 0.25, 0.5), Voxel(start));
    }

    [Fact]
    public async Task A_folder_is_a_time_lapse_in_the_natural_order_of_its_names()
    {
        foreach ((string name, string seed) in ((string, string)[])[("t10.tif", "10"), ("t2.tif", "2"), ("t1.TIFF", "1")])
        {
            await HardwareSimPython.RunAsync(
                "import sys, numpy as np, tifffile; tifffile.imwrite(sys.argv[1], np.full((2, 3, 4), int(sys.argv[2]), 'u1'), photometric='minisblack')",
                _folder[name], seed);
        }

        await File.WriteAllTextAsync(_folder["notes.txt"], "not a stack", TestContext.Current.CancellationToken);

        (JsonElement[] messages, byte[] pixels) = await PlayAsync(_folder.Location, "--repeat", "2");

        Assert.Equal(((byte[])[1, 2, 10, 1, 2, 10]).SelectMany(value => Enumerable.Repeat(value, 24)), pixels);
        Assert.Equal(6, messages[0].GetProperty("shape").GetProperty("t").GetInt32());
    }

    [Theory]
    [InlineData("u1", 2, 2, 2)]
    [InlineData("u2", 1, 4, 2)]
    [InlineData("f4", 2, 1, 4)]
    public async Task Undersamples_like_numpy_and_keeps_the_cropped_original_as_truth(string dtype, int z, int y, int x)
    {
        string path = _folder["stack.tif"];
        await HardwareSimPython.RunAsync(Write, path, dtype, "ZYX", "9,21,19", "plain");

        (JsonElement[] messages, byte[] pixels) = await PlayAsync(
            path, "--factor", $"{z},{y},{x}", "--voxel", "3,1,0.5", "--truth", _folder["truth"]);

        string crop = $"{9 / z * z},{21 / y * y},{19 / x * x}";
        await HardwareSimPython.RunAsync(Read, path, "ZYX", crop, _folder["cropped"]);
        await HardwareSimPython.RunAsync(Read, Path.Combine(_folder["truth"], "t000_c0.tif"), "ZYX", "0,0,0", _folder["kept"]);
        Assert.Equal(await BytesAsync("cropped"), await BytesAsync("kept"));

        await HardwareSimPython.RunAsync(
            "import sys, numpy as np; np.fromfile(sys.argv[1], sys.argv[2]).astype('<f4').tofile(sys.argv[3])", _folder["cropped"], dtype, _folder["fine"]);
        await HardwareSimPython.RunAsync(UndersamplingTests.Oracle, _folder["fine"], _folder["coarse"], crop, $"{z},{y},{x}", "cubic");
        double[] expected = MemoryMarshal.Cast<byte, double>(await BytesAsync("coarse")).ToArray();
        double[] sent = Values(pixels, dtype);
        double most = dtype switch { "u1" => 255, "u2" => 65_535, _ => double.MaxValue };
        Assert.Equal(expected.Length, sent.Length);
        for (int i = 0; i < sent.Length; i++)
        {
            // Integers are rounded to nearest, so they lie within a half; the rest is the rounding of floats.
            if (dtype == "f4") Assert.Equal(expected[i], sent[i], 1e-3);
            else Assert.Equal(Math.Clamp(expected[i], 0, most), sent[i], 0.5 + 0.02);
        }

        JsonElement start = messages[0];
        Assert.Equal((3.0 * z, 1.0 * y, 0.5 * x), Voxel(start));
        JsonElement factors = start.GetProperty("undersampling");
        Assert.Equal((z, y, x), (factors.GetProperty("z").GetInt32(), factors.GetProperty("y").GetInt32(), factors.GetProperty("x").GetInt32()));
    }

    [Fact]
    public async Task Stretches_every_volume_as_numpy_stretches_the_first()
    {
        string path = _folder["stack.tif"];
        await HardwareSimPython.RunAsync(Write, path, "f4", "TZCYX", "2,6,2,20,20", "ome");

        (JsonElement[] messages, byte[] pixels) = await PlayAsync(path, "--stretch", "--truth", _folder["truth"]);

        await HardwareSimPython.RunAsync(
            """
            import sys, numpy as np, tifffile
            data = tifffile.imread(sys.argv[1]).astype(float).transpose(0, 2, 1, 3, 4)
            lo, hi = np.percentile(data[0], [0.1, 99.99], axis=(1, 2, 3), keepdims=True)
            ((data - lo) / (hi - lo) * 65535).clip(0, 65535).astype('<f8').tofile(sys.argv[2])
            """,
            path, _folder["expected"]);
        double[] expected = MemoryMarshal.Cast<byte, double>(await BytesAsync("expected")).ToArray();
        double[] sent = Values(pixels, "u2");
        for (int i = 0; i < sent.Length; i++) Assert.Equal(expected[i], sent[i], 0.51);
        Assert.Equal("uint16", messages[0].GetProperty("dtype").GetString());

        await HardwareSimPython.RunAsync(Read, Path.Combine(_folder["truth"], "t001_c1.tif"), "ZYX", "0,0,0", _folder["kept"]);
        Assert.Equal(pixels[^(6 * 20 * 20 * 2)..], await BytesAsync("kept"));
    }

    [Fact]
    public async Task A_recording_that_was_undersampled_is_sent_as_it_is_with_the_factor_to_undo()
    {
        string path = _folder["stack.tif"];
        await HardwareSimPython.RunAsync(Write, path, "u2", "ZYX", "3,5,7", "plain");

        (JsonElement[] messages, byte[] pixels) = await PlayAsync(path, "--announce", "4,2,2", "--voxel", "1");

        await HardwareSimPython.RunAsync(Read, path, "ZYX", "0,0,0", _folder["expected"]);
        Assert.Equal(await BytesAsync("expected"), pixels);
        Assert.Equal((1.0, 1.0, 1.0), Voxel(messages[0]));
        Assert.Equal(4, messages[0].GetProperty("undersampling").GetProperty("z").GetInt32());
    }

    [Fact]
    public async Task Faults_of_the_recording_are_told_before_anything_is_sent()
    {
        await HardwareSimPython.RunAsync(Write, _folder["good.tif"], "u2", "ZYX", "4,8,8", "plain");
        byte[] good = await BytesAsync("good.tif");
        await File.WriteAllBytesAsync(_folder["cut.tif"], good[..(good.Length / 2)], TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_folder["text.tif"], "no TIFF", TestContext.Current.CancellationToken);
        await HardwareSimPython.RunAsync(Write, _folder["packed.tif"], "u2", "ZYX", "4,8,8", "lzma");
        Directory.CreateDirectory(_folder["empty"]);
        Directory.CreateDirectory(_folder["mixed"]);
        File.Copy(_folder["good.tif"], Path.Combine(_folder["mixed"], "a.tif"));
        await HardwareSimPython.RunAsync(Write, Path.Combine(_folder["mixed"], "b.tif"), "u2", "ZYX", "4,8,9", "plain");

        await AssertFailsAsync("There is no file or folder", "absent.tif");
        await AssertFailsAsync("holds no .tif or .tiff file", "empty");
        await AssertFailsAsync("b.tif", "mixed");
        await AssertFailsAsync("cut.tif", "cut.tif");
        await AssertFailsAsync("text.tif", "text.tif");
        await AssertFailsAsync("compress", "packed.tif");
    }

    [Fact]
    public async Task A_recording_smaller_than_the_factor_or_without_contrast_is_refused()
    {
        await HardwareSimPython.RunAsync(Write, _folder["thin.tif"], "u2", "ZYX", "3,8,8", "plain");
        await AssertFailsAsync("smaller than the factor 4,1,1", "thin.tif", "--factor", "4,1,1");

        await HardwareSimPython.RunAsync(
            "import sys, numpy as np, tifffile; tifffile.imwrite(sys.argv[1], np.full((2, 8, 8), 7, 'u1'), photometric='minisblack')", _folder["flat.tif"]);
        await AssertFailsAsync("no contrast to stretch", "flat.tif", "--stretch");
    }

    private async Task AssertFailsAsync(string expected, string name, params string[] more)
    {
        using HardwareSimReceiver receiver = await HardwareSimReceiver.BindAsync(_folder["pixels"]);
        HardwareSimRun run = await HardwareSimRun.InProcessAsync(["play", _folder[name], "--connect", "--address", receiver.Address, .. more]);
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("error: ", run.Notes, StringComparison.Ordinal);
        Assert.Contains(expected, run.Notes, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", run.Notes, StringComparison.Ordinal);
    }

    private async Task<(JsonElement[] Messages, byte[] Pixels)> PlayAsync(string path, params string[] more)
    {
        using HardwareSimReceiver receiver = await HardwareSimReceiver.BindAsync(_folder["pixels"]);
        HardwareSimRun run = await HardwareSimRun.InProcessAsync(["play", path, "--connect", "--address", receiver.Address, .. more]);
        Assert.True(run.ExitCode == 0, run.Notes);
        return (await receiver.FinishAsync(), await receiver.PixelsAsync());
    }

    private Task<byte[]> BytesAsync(string name) => File.ReadAllBytesAsync(_folder[name], TestContext.Current.CancellationToken);

    private static double[] Values(byte[] pixels, string dtype) => dtype switch
    {
        "u1" => [.. pixels.Select(value => (double)value)],
        "u2" => [.. MemoryMarshal.Cast<byte, ushort>(pixels).ToArray().Select(value => (double)value)],
        _ => [.. MemoryMarshal.Cast<byte, float>(pixels).ToArray().Select(value => (double)value)],
    };

    private static (double Z, double Y, double X) Voxel(JsonElement start)
    {
        JsonElement voxel = start.GetProperty("voxel_um");
        return (voxel.GetProperty("z").GetDouble(), voxel.GetProperty("y").GetDouble(), voxel.GetProperty("x").GetDouble());
    }
}
