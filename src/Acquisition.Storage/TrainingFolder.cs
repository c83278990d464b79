using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Acquisition.Core;
using Acquisition.Storage.Files;
using Acquisition.Storage.Reporting;

namespace Acquisition.Storage;

/// <summary>Where training before a scan keeps what it makes: settings, checkpoint, progress, previews, and the model with its card.</summary>
/// <remarks>Every file appears whole or not at all, so that training may be cut off at any time. One program has the folder at a time.</remarks>
public sealed class TrainingFolder : IDisposable
{
    public const string SettingsFile = "train.yaml";
    public const string ModelFile = "model.safetensors";
    public const string CardFile = "card.md";
    public const string ProgressFile = "progress.csv";
    private const string CheckpointFile = "checkpoint.bin";
    private const string PreviewsName = "previews";

    private readonly RunLock _lock;
    private readonly List<string> _progress = [];

    private TrainingFolder(string location, RunLock held) => (Location, _lock) = (location, held);

    /// <summary>An absolute path.</summary>
    public string Location { get; }

    /// <summary>Opens a folder to train in; makes it where it is missing.</summary>
    /// <param name="settings">YAML, kept in a new one.</param>
    /// <exception cref="StorageException">Another program trains in it, it holds something else, or the disk refused.</exception>
    public static TrainingFolder Open(string path, string settings)
    {
        string location = Path.GetFullPath(path);
        try
        {
            bool isNew = !Directory.Exists(location) || !Directory.EnumerateFileSystemEntries(location).Any();
            if (!isNew && !File.Exists(Path.Combine(location, SettingsFile)))
                throw new StorageException($"'{location}' holds something else than training; give a new folder.");
            Directory.CreateDirectory(Path.Combine(location, PreviewsName));
            var folder = new TrainingFolder(location, RunLock.Take(location));
            if (!File.Exists(Path.Combine(location, SettingsFile))) folder.SaveSettings(settings);
            return folder;
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, "train", location, neededBytes: 0);
        }
    }

    /// <summary>The last checkpoint; <see langword="null"/> where there is none.</summary>
    public byte[]? Checkpoint() => Guard(CheckpointFile, path => File.Exists(path) ? File.ReadAllBytes(path) : null);

    public void SaveCheckpoint(ReadOnlySpan<byte> content) => Write(CheckpointFile, content);

    public void SaveSettings(string yaml) => Write(SettingsFile, Encoding.UTF8.GetBytes(yaml));

    public void SaveModel(ReadOnlySpan<byte> safetensors, string card)
    {
        Write(ModelFile, safetensors);
        Write(CardFile, Encoding.UTF8.GetBytes(card));
    }

    /// <param name="pixels">Row by row, from the top left; 0 is black.</param>
    public void SavePreview(int step, ReadOnlySpan<byte> pixels, int width, int height) =>
        Write(Path.Combine(PreviewsName, string.Create(CultureInfo.InvariantCulture, $"step-{step:0000000}.png")), GreyPng.Write(pixels, width, height));

    /// <summary>Takes up the table of progress as far as a step; what is told later follows.</summary>
    public void TakeUpProgress(int step)
    {
        _progress.Clear();
        string[]? lines = Guard(ProgressFile, path => File.Exists(path) ? File.ReadAllLines(path) : null);
        foreach (string line in lines ?? [])
        {
            if (_progress.Count == 0 || (int.TryParse(line.Split(',')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int at) && at <= step)) _progress.Add(line);
        }
    }

    /// <summary>Adds a row to the table of progress.</summary>
    public void Tell(int step, IEnumerable<(string Name, double Value)> values)
    {
        ImmutableArray<(string Name, double Value)> row = [.. values];
        if (_progress.Count == 0) _progress.Add("step," + string.Join(',', row.Select(value => value.Name)));
        _progress.Add(string.Create(CultureInfo.InvariantCulture, $"{step},{string.Join(',', row.Select(value => value.Value.ToString("G9", CultureInfo.InvariantCulture)))}"));
        Write(ProgressFile, Encoding.UTF8.GetBytes(string.Join('\n', _progress) + "\n"));
    }

    public void Dispose() => _lock.Dispose();

    private void Write(string name, ReadOnlySpan<byte> content)
    {
        string path = Path.Combine(Location, name);
        try
        {
            AtomicFile.Write(path, content, replace: true);
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, "store training", path, content.Length);
        }
    }

    private T Guard<T>(string name, Func<string, T> work)
    {
        string path = Path.Combine(Location, name);
        try
        {
            return work(path);
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, "read training", path);
        }
    }
}
