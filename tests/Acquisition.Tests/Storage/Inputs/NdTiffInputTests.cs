using Acquisition.Core;
using Acquisition.Storage.Inputs;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Storage.Inputs;

public sealed class NdTiffInputTests(NdTiffInputTests.Samples samples) : IClassFixture<NdTiffInputTests.Samples>
{
    [Fact]
    public void Datasets_read_as_their_writer_meant_them_and_say_what_is_missing()
    {
        Assert.True(samples.Files.Good.Count >= 25);
        Assert.All(samples.Files.Good.Keys, name => StoredInputChecks.ReadsAsMeant(samples.Files, name));
    }

    [Fact]
    public void What_is_not_accepted_is_named_with_what_is() =>
        Assert.All(samples.Files.Bad.Keys, name => StoredInputChecks.IsRefused(samples.Files, name));

    [Fact]
    public void A_file_that_is_cut_off_or_gone_is_named_and_the_others_are_read()
    {
        using var folder = new StorageFolder();
        foreach (string file in Directory.EnumerateFiles(samples.Files.PathOf("files"))) File.Copy(file, folder[Path.GetFileName(file)]);
        string second = folder["scan_NDTiffStack_1.tif"];
        byte[] whole = File.ReadAllBytes(second);
        File.WriteAllBytes(second, whole[..(whole.Length / 2)]);
        var plane = new byte[9 * 12 * 2];
        using (IStoredInput input = StoredInput.Open(folder.Path))
        {
            var fault = Assert.Throws<DataFormatException>(() => input.ReadPlane(new(1, 0, 1), plane)); // picture 9, the last of the second file
            Assert.Contains("is cut off", fault.Message, StringComparison.Ordinal);
            Assert.Contains(second, fault.Message, StringComparison.Ordinal);
            input.ReadPlane(new(2, 1, 3), plane);
        }

        File.Delete(second);
        using (IStoredInput input = StoredInput.Open(folder.Path))
        {
            Assert.Contains("no such file", Assert.Throws<StorageException>(() => input.ReadPlane(new(1, 0, 1), plane)).Message, StringComparison.Ordinal);
            input.ReadPlane(new(2, 1, 3), plane);
        }
    }

    [Fact]
    public void Damage_is_read_or_refused_and_nothing_else() =>
        StoredInputChecks.DamageIsReadOrRefused(samples.Files.PathOf("bits12"), ["NDTiff.index", "scan_NDTiffStack.tif"], trials: 1500);

    public sealed class Samples : IDisposable
    {
        internal StoredInputSamples Files { get; } = new("write_ndtiff_inputs.py");

        public void Dispose() => Files.Dispose();
    }
}
