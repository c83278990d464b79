using Acquisition.App.Configuration;
using Acquisition.App.Runs;
using Acquisition.Conditioning;
using Acquisition.Core;
using Acquisition.Storage.Tiff;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.App;

public sealed class CalibrationFileTests : IDisposable
{
    private static readonly VoxelSize Voxel = new() { ZUm = 1, YUm = 1, XUm = 1 };

    private readonly AppTempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Planes_of_a_file_are_averaged()
    {
        string path = Write("dark.tif", 2, 3, [[1, 2, 3, 4, 5, 60_000], [2, 2, 5, 4, 9, 60_001]]);
        CalibrationImage image = CalibrationFile.Read(path);
        Assert.Equal((2, 3), (image.Height, image.Width));
        Assert.Equal([1.5f, 2, 4, 4, 7, 60_000.5f], image.Pixels.ToArray());
    }

    [Fact]
    public void A_check_tells_what_is_wrong_with_the_pictures()
    {
        string flat = Write("flat.tif", 1, 3, [[7, 0, 7]]);
        string[] faults = Check($"""
            conditioning:
              offset: 100
              dark_file: "{_folder["absent.tif"]}"
              flat_file: "{flat}"
            """);

        Assert.Contains(faults, fault => fault.Contains("rig.yaml:6: conditioning.offset is given beside conditioning.dark_file", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains("rig.yaml:7: conditioning.dark_file cannot be used", StringComparison.Ordinal)
            && fault.Contains("absent.tif", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains("rig.yaml:8: conditioning.flat_file cannot be used", StringComparison.Ordinal)
            && fault.Contains("1 pixel(s) that are not above zero, the first at y 0, x 1", StringComparison.Ordinal));
        Assert.Equal(3, faults.Length);
    }

    [Fact]
    public void Pictures_that_are_in_order_pass()
    {
        string flat = Write("flat.tif", 1, 3, [[7, 8, 7]]);
        Assert.Empty(Check($"conditioning:\n  offset: 100\n  flat_file: {flat}\n  line_phase: true\n"));
    }

    private string[] Check(string conditioning) =>
    [
        .. ConfigReader.Read($"source:\n  address: tcp://127.0.0.1:5555\nstorage:\n  root: {_folder.Path}\n{conditioning}", "rig.yaml", [], ConfigChecks.All)
            .Faults.Select(fault => fault.ToString()),
    ];

    private string Write(string name, int height, int width, ushort[][] planes)
    {
        string path = _folder[name];
        OmeTiff.Write(path, new VolumeShape(planes.Length, height, width), PixelType.UInt16, Voxel,
            z => System.Runtime.InteropServices.MemoryMarshal.AsBytes<ushort>(planes[z]));
        return path;
    }
}
