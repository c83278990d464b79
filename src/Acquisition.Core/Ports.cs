using System.Collections.Immutable;

namespace Acquisition.Core;

/// <summary>Receives what a source hears, in order, on the source's one thread.</summary>
/// <remarks>Every call must return soon: while it runs, nothing is received.</remarks>
public interface IFrameObserver
{
    /// <param name="repeat">True when the source re-announces a scan for late subscribers.</param>
    void OnStart(ScanPlan plan, ulong sequence, bool repeat);

    /// <param name="pixels">The frame, (y, x), little-endian; lent until the call returns, so copy it to its place.</param>
    void OnFrame(in FrameHeader header, ReadOnlySpan<byte> pixels);

    void OnEnd(ScanEnd end);

    /// <param name="isFrame">Whether the refused message called itself a frame.</param>
    /// <param name="message">Which message it is, as far as it says so: a refused message is not a lost one.</param>
    /// <param name="detail">What was found and what is accepted; made only for the first refusal of a reason.</param>
    void OnRefused(RefusalReason reason, bool isFrame, MessageId? message, Func<string> detail);

    /// <summary>Nothing arrived for a tick (at most 100 ms), so that timeouts can be noticed on this same thread.</summary>
    void OnIdle();
}

/// <summary>Where frames come from: a socket, a recording, a fake.</summary>
public interface IFrameSource
{
    /// <summary>Where it listens, for people: pattern, direction and address.</summary>
    string Description { get; }

    /// <summary>Senders that were not let in for their keys, each try counted. Any thread.</summary>
    long RefusedClients => 0;

    /// <summary>Receives until cancelled, calling <paramref name="observer"/> on the calling thread.</summary>
    /// <exception cref="SourceException">The source cannot be opened or has failed; the message says what to do.</exception>
    void Receive(IFrameObserver observer, CancellationToken cancellation);
}

/// <summary>A dataset of volumes on disk, one (t, c) volume at a time.</summary>
public interface IVolumeStore
{
    /// <summary>Where the dataset lies; an absolute path.</summary>
    string Location { get; }

    /// <summary>Makes the volume readable, whole or not at all. Any order of indices, each once.</summary>
    /// <param name="volume">Lent until the call returns.</param>
    /// <exception cref="StorageException">The disk refused; earlier volumes stay readable.</exception>
    void Write(VolumeIndex index, VolumeBuffer volume);

    /// <summary>Reads a volume that was written into a buffer of the dataset's shape and type.</summary>
    /// <exception cref="StorageException">It was never written, or is damaged.</exception>
    void Read(VolumeIndex index, VolumeBuffer destination);
}

/// <summary>Everything a run leaves behind. As long as it is not disposed of, no other program can write to it.</summary>
public interface IRunStore : IDisposable
{
    /// <summary>The run folder; an absolute path.</summary>
    string Folder { get; }

    /// <summary>Bytes free on the disk under the run.</summary>
    long FreeBytes { get; }

    /// <summary>Opens the dataset for the camera's volumes as they came.</summary>
    IVolumeStore CreateRaw(ScanPlan plan);

    /// <summary>Opens the dataset for restored volumes, on the finer grid.</summary>
    /// <param name="conditioning">What volumes go through before they are restored, as in <see cref="ConditioningReport.Steps"/>.</param>
    IVolumeStore CreateRestored(ScanPlan plan, params ImmutableArray<string> conditioning);

    /// <summary>Opens the dataset for the uncertainty maps of restored volumes: uint8, on the grid of the restored ones.</summary>
    /// <param name="conditioning">As for the restored ones.</param>
    IVolumeStore CreateUncertainty(ScanPlan plan, params ImmutableArray<string> conditioning);

    /// <summary>Adds how one restored volume was made to the restored dataset.</summary>
    void AppendProvenance(Provenance provenance);

    /// <summary>Stores weights under their hash as models/&lt;sha256&gt;.safetensors; the same bytes are stored once.</summary>
    /// <returns>SHA-256 of the file, lower-case hex.</returns>
    string SaveModel(ReadOnlySpan<byte> safetensors);

    /// <summary>Reads weights that were stored.</summary>
    /// <param name="sha256">Lower-case hex.</param>
    /// <exception cref="StorageException">They are not there, or not what the hash says.</exception>
    byte[] LoadModel(string sha256);

    /// <summary>Appends one event to the ledger and flushes it.</summary>
    void AppendLedger<T>(string kind, T entry);

    /// <summary>Writes the final metadata: how many time points there are, and the report.</summary>
    void Complete(RunReport report);
}

/// <summary>Hands restored volumes to whoever listens downstream. Never waits: slow listeners lose volumes, counted.</summary>
public interface IVolumePublisher
{
    /// <summary>Listeners that were not let in for their keys, each try counted. Any thread.</summary>
    long RefusedClients => 0;

    /// <param name="volume">Lent until the call returns.</param>
    void Publish(RestoredVolume volume);

    void Publish(RunStatus status);
}

/// <summary>Where people look while a run goes on. What is on disk they see from there; a screen gets what is not.</summary>
/// <remarks>No call waits: what a screen wants to keep it retains, at most one volume a channel and kind and one more that it is copying,
/// and gives back soon. Any thread.</remarks>
public interface IRunScreen
{
    /// <summary>Whether anybody looks. Provisional results are made for them.</summary>
    bool IsWatched { get; }

    /// <summary>The first planes of a volume that is still received are final.</summary>
    /// <param name="pixels">Lent until the call returns. Planes that are final do not change any more, also not later.</param>
    /// <param name="planes">How many there are from the first on.</param>
    void PlanesReceived(ScanPlan plan, VolumeIndex index, VolumeBuffer pixels, int planes);

    /// <summary>A volume was restored, for good or provisionally.</summary>
    /// <param name="volume">Lent until the call returns.</param>
    void Restored(RestoredVolume volume);
}

/// <summary>What a run folder holds, for reading, also while another program or thread adds to it. Thread-safe.</summary>
public interface IRunArchive
{
    /// <summary>The run folder; an absolute path.</summary>
    string Folder { get; }

    /// <summary>The scan that was taken; <see langword="null"/> until the folder tells.</summary>
    ScanPlan? Plan { get; }

    /// <summary>Where the run stands, as far as its folder tells.</summary>
    RunStatus Status { get; }

    /// <summary>Reads what was added since the last call.</summary>
    /// <returns>Whether more volumes are stored than before.</returns>
    /// <exception cref="StorageException">The folder cannot be read.</exception>
    bool Refresh();

    /// <summary>Time points whose volume is stored, ascending.</summary>
    ImmutableArray<TimePointRange> Stored(VolumeKind kind, int channel);

    bool IsStored(VolumeKind kind, VolumeIndex index);

    /// <summary>How a stored volume was restored; <see langword="null"/> for one that was not.</summary>
    /// <exception cref="StorageException">The folder cannot be read.</exception>
    Provenance? ProvenanceOf(VolumeIndex index);

    /// <summary>Extent of the pieces that volumes of this kind are stored in. Any part of a piece costs as much to read as all of it.</summary>
    /// <exception cref="StorageException">There is no such dataset, or it cannot be read.</exception>
    /// <exception cref="DataFormatException">The dataset is not as this program writes it.</exception>
    VolumeShape PiecesOf(VolumeKind kind);

    /// <summary>Reads a stored volume, or a part of it: only the pieces that the part touches.</summary>
    /// <param name="from">The part's first sample.</param>
    /// <param name="destination">Of the volume's type and the part's shape, which lies inside the volume.</param>
    /// <exception cref="StorageException">It is not stored, or is damaged.</exception>
    /// <exception cref="DataFormatException">The dataset is not as this program writes it.</exception>
    void Read(VolumeKind kind, VolumeIndex index, SamplePoint from, VolumeBuffer destination);
}

/// <summary>Corrects acquired volumes for tuning and restoration; what is stored as raw stays as it came.</summary>
/// <remarks>Serves one scan, one call at a time. The pixels that it makes depend on nothing but the volume, so that they are the same
/// live and later; only where drift is taken off do they depend on the volume that it was given first of the channel as well.</remarks>
public interface IVolumeConditioner
{
    /// <summary>What volumes go through, as in <see cref="ConditioningReport.Steps"/>.</summary>
    ImmutableArray<string> Steps { get; }

    /// <summary>Everything that decides what conditioned volumes look like, as text that is equal for equal settings.</summary>
    string Settings { get; }

    /// <summary>Whether volumes are compared with the first one of their channel that was given.</summary>
    bool ComparesWithFirst { get; }

    /// <param name="raw">As the camera sent it.</param>
    /// <param name="missingPlanes">Planes that never came; they become 0.</param>
    /// <param name="conditioned">Receives the volume; float32, of the same shape, in camera units above the offset.</param>
    /// <exception cref="RestorationException">The volume cannot be conditioned.</exception>
    ConditioningReport Condition(VolumeIndex index, VolumeBuffer raw, ReadOnlySpan<int> missingPlanes, VolumeBuffer conditioned);
}
