using System.Text;
using Acquisition.Core;
using Acquisition.Storage.Inputs;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Storage.Inputs;

public sealed class TiffInputTests(TiffInputTests.Samples samples) : IClassFixture<TiffInputTests.Samples>
{
    [Fact]
    public void Stacks_and_folders_of_them_read_as_tifffile_meant_them()
    {
        Assert.True(samples.Files.Good.Count >= 45);
        Assert.All(samples.Files.Good.Keys, name => StoredInputChecks.ReadsAsMeant(samples.Files, name));
    }

    [Fact]
    public void What_is_not_accepted_is_named_with_what_is_and_with_what_was_assumed() =>
        Assert.All(samples.Files.Bad.Keys, name => StoredInputChecks.IsRefused(samples.Files, name));

    [Fact]
    public void A_file_that_changes_while_it_is_read_is_noticed()
    {
        using var folder = new StorageFolder();
        File.Copy(samples.Files.PathOf("volumes/t0.tif"), folder["t0.tif"]);
        File.Copy(samples.Files.PathOf("volumes/t1.tif"), folder["t1.tif"]);
        using IStoredInput input = StoredInput.Open(folder.Path);
        File.Copy(samples.Files.PathOf("plain_u2.tif"), folder["t0.tif"], overwrite: true);
        File.Copy(samples.Files.PathOf("plain_f4.tif"), folder["t1.tif"], overwrite: true);
        var plane = new byte[11 * 13 * 2];
        input.ReadPlane(new(0, 0, 3), plane); // another file of the same shape is as good
        var fault = Assert.Throws<DataFormatException>(() => input.ReadPlane(new(1, 0, 3), plane));
        Assert.Contains("changed while it was read", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_nothing_known_is_refused_with_what_is_accepted()
    {
        using var folder = new StorageFolder();
        foreach (string content in (string[])["", "II", "\x89PNG and so on", "II\x2A\x01 is little else"])
        {
            File.WriteAllText(folder["a.tif"], content, Encoding.Latin1);
            var fault = Assert.Throws<DataFormatException>(() => StoredInput.Open(folder["a.tif"]));
            Assert.Contains("OME-Zarr 0.4 or 0.5", fault.Message, StringComparison.Ordinal);
            Assert.Contains(folder["a.tif"], fault.Message, StringComparison.Ordinal);
        }

        File.Delete(folder["a.tif"]);
        Assert.Contains("holds nothing that is known", Assert.Throws<DataFormatException>(() => StoredInput.Open(folder.Path)).Message, StringComparison.Ordinal);
        Assert.Contains("no file or folder", Assert.Throws<StorageException>(() => StoredInput.Open(folder["none"])).Message, StringComparison.Ordinal);
        File.WriteAllText(folder["ledger.jsonl"], "");
        File.Copy(samples.Files.PathOf("plain_u2.tif"), folder["a.tif"]);
        Assert.Contains("folder of a run", Assert.Throws<DataFormatException>(() => StoredInput.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    public sealed class Samples : IDisposable
    {
        internal StoredInputSamples Files { get; } = new("write_tiff_inputs.py");

        public void Dispose() => Files.Dispose();
    }
}
