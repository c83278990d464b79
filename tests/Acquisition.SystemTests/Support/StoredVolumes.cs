using Xunit;

namespace Acquisition.SystemTests.Support;

/// <summary>Restored volumes of runs, as files.</summary>
internal static class StoredVolumes
{
    /// <summary>Every volume is a file, and equal volumes are equal files.</summary>
    public static void AssertEqual(string expected, string found)
    {
        int volumes = 0;
        foreach (string dataset in (string[])["restored.zarr", "uncertainty.zarr"])
        {
            string wanted = Path.Combine(expected, dataset, "0", "c"), had = Path.Combine(found, dataset, "0", "c");
            if (!Directory.Exists(wanted)) continue;
            string[] files = Files(wanted);
            Assert.Equal(files, Files(had));
            foreach (string file in files) Assert.Equal(File.ReadAllBytes(Path.Combine(wanted, file)), File.ReadAllBytes(Path.Combine(had, file)));
            volumes += files.Length;
        }

        Assert.NotEqual(0, volumes);
    }

    /// <summary>The file of a run's last restored volume.</summary>
    public static string LastOf(string run)
    {
        string volumes = Path.Combine(run, "restored.zarr", "0", "c");
        return Path.Combine(volumes, Files(volumes)[^1]);
    }

    private static string[] Files(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal)];
}
