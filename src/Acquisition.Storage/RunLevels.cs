using System.Collections.Immutable;
using System.Diagnostics;
using Acquisition.Core;
using Acquisition.Storage.Files;
using Acquisition.Storage.Zarr;

namespace Acquisition.Storage;

/// <summary>Adds to stored datasets the coarser levels with which viewers open large volumes quickly.</summary>
/// <remarks>
/// What is interrupted, and however it is, goes on where it was when it is called again: each level of a volume is a file that is whole or
/// not there, and the metadata name the levels after the last of them. Readers may go on reading all the while. Memory stays at a few planes
/// of a volume, and its levels, for each thread.
/// </remarks>
public static class RunLevels
{
    /// <param name="path">A run's folder, whose raw.zarr and restored.zarr get levels, however the run has ended; or one dataset.
    /// Standard errors get none: a mean of errors is not the error of a mean.</param>
    /// <param name="progress">Told where it stands, for people; by any of the threads.</param>
    /// <param name="threads">That make levels, each of another volume; as slow as the caller's. What is made does not depend on it.</param>
    /// <returns>One a dataset.</returns>
    /// <exception cref="StorageException">There is nothing of this kind, another program writes to it, or the disk refused.</exception>
    /// <exception cref="DataFormatException">A dataset is not as this program writes it.</exception>
    public static ImmutableArray<DatasetLevels> Complete(string path, IProgress<string>? progress = null, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(path);
        Require.Positive(threads);
        string folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Path.GetFileName(folder) == RunFolder.UncertaintyName)
            throw new StorageException($"'{folder}' holds standard errors, which get no levels: a mean of errors is not the error of a mean.");

        bool isDataset = File.Exists(Path.Combine(folder, ZarrMetadata.FileName));
        string[] datasets = isDataset
            ? [folder]
            : [.. new[] { RunFolder.RawName, RunFolder.RestoredName }.Select(name => Path.Combine(folder, name)).Where(IsOwn)];
        if (datasets.Length == 0)
            throw new StorageException($"'{folder}' is neither a run folder nor a dataset of one. Give the folder that 'acquisition run' named.");

        string run = isDataset ? Path.GetDirectoryName(folder)! : folder;
        using RunLock? taken = File.Exists(Path.Combine(run, RunFolder.LedgerFile)) ? RunLock.Take(run) : null;
        return [.. datasets.Select(dataset => Complete(dataset, taken is not null, progress, threads))];
    }

    /// <summary>A restored scan has a link to the raw dataset of another run, which is only read.</summary>
    private static bool IsOwn(string dataset) => Directory.Exists(dataset) && new DirectoryInfo(dataset).LinkTarget is null;

    private static DatasetLevels Complete(string location, bool isInRun, IProgress<string>? progress, int threads)
    {
        long began = Stopwatch.GetTimestamp();
        Pyramid pyramid = Pyramid.Open(location);
        ImmutableArray<VolumeIndex> volumes = pyramid.Volumes();
        var faults = new string?[volumes.Length];
        int made = 0;
        if (!pyramid.Levels.IsEmpty)
        {
            string name = isInRun ? Path.GetFileName(location) : location;
            pyramid.PrepareArrays();
            using var pool = new VolumePool(long.MaxValue); // asked for one volume's levels at a time by each thread
            SideBySide.Run(volumes.Length, threads, i =>
            {
                progress?.Report($"{name}: levels of volume {volumes[i]}, {i + 1} of {volumes.Length}");
                try
                {
                    Interlocked.Add(ref made, pyramid.Complete(volumes[i], pool));
                }
                catch (StorageException damage) when (damage.InnerException is InvalidDataException)
                {
                    faults[i] = damage.Message;
                }
            });
            pyramid.Announce();
        }

        return new()
        {
            Location = location,
            Shapes = [.. pyramid.Levels.Select(level => level.Shape)],
            Volumes = volumes.Length,
            Made = made,
            Faults = [.. faults.OfType<string>()],
            Elapsed = Stopwatch.GetElapsedTime(began),
        };
    }
}
