using System.Collections.Immutable;

namespace Acquisition.Core;

/// <summary>The kinds of events in a run's ledger, in the order in which a run first writes them.</summary>
public static class LedgerKinds
{
    /// <summary><see cref="ScanStarted"/>; the first line, once.</summary>
    public const string ScanStarted = "scan-started";

    /// <summary><see cref="StateChanged"/>.</summary>
    public const string State = "state";

    /// <summary><see cref="VolumeStored"/>. From this line on, the raw volume survives the end of the program.</summary>
    public const string VolumeStored = "volume-stored";

    /// <summary><see cref="SnapshotTaken"/>.</summary>
    public const string Snapshot = "snapshot";

    /// <summary><see cref="ModelStatus"/>.</summary>
    public const string ModelChosen = "model-chosen";

    /// <summary><see cref="Provenance"/>. From this line on, the restored volume survives the end of the program.</summary>
    public const string VolumeRestored = "volume-restored";

    /// <summary><see cref="VolumeSkipped"/>.</summary>
    public const string VolumeSkipped = "volume-skipped";

    /// <summary><see cref="DriftNoticed"/>.</summary>
    public const string Drift = "drift";

    /// <summary><see cref="Warned"/>.</summary>
    public const string Warning = "warning";

    /// <summary><see cref="RunResumed"/>.</summary>
    public const string Resumed = "run-resumed";

    /// <summary><see cref="ScanFinished"/>; the last line, once for the run and once for each time that it was resumed.</summary>
    public const string ScanFinished = "scan-finished";
}

/// <summary>A scan was taken.</summary>
/// <param name="SettingsFingerprint">Of the settings that decide what restored volumes look like; see <see cref="Provenance.SettingsFingerprint"/>.</param>
/// <param name="Settings">Those settings by name, so that a change can be named and not only noticed.</param>
public sealed record ScanStarted(ScanPlan Plan, string SettingsFingerprint, ImmutableSortedDictionary<string, string> Settings);

/// <summary>The run is in another state.</summary>
/// <param name="Reason">For people.</param>
public sealed record StateChanged(RunState State, string Reason);

/// <summary>A raw volume lies on disk.</summary>
/// <param name="Frames">Planes that came.</param>
/// <param name="MissingPlanes">Planes that did not come and are zero, ascending.</param>
/// <param name="FirstFrameAt">When its first frame came; UTC.</param>
/// <param name="LastFrameAt">When its last frame came; UTC.</param>
/// <param name="Received">Frames that the run had received by now, so that a run that was killed can tell what it lost.</param>
/// <param name="Refused">Frames that the run had refused by now, by reason.</param>
/// <remarks>A volume that was found on disk without this line gets it when the run is resumed: planes of nothing but zeros are then taken
/// for missing, both times are that of the file, and the counts are those of the line before.</remarks>
public sealed record VolumeStored(
    VolumeIndex Index, int Frames, ImmutableArray<int> MissingPlanes, DateTimeOffset FirstFrameAt, DateTimeOffset LastFrameAt,
    long Received, ImmutableSortedDictionary<string, long> Refused);

/// <summary>Tuning has come to weights that are better than what restored the channel's previews before.</summary>
/// <param name="Step">Training steps so far, over all stages.</param>
/// <param name="HeldOutDb">PSNR on held-out crops, dB.</param>
/// <param name="ProjectedDb">What cubic interpolation with back-projection reaches on the same crops, dB.</param>
public sealed record SnapshotTaken(int Channel, string ModelSha256, int Step, double HeldOutDb, double ProjectedDb);

/// <summary>A volume was not restored, and nothing more will be tried during this run.</summary>
public sealed record VolumeSkipped(VolumeIndex Index, string Reason, string Detail);

/// <summary>The model suits the sample less than it did on its first volumes.</summary>
/// <param name="Carries">What the gauge has read of late, on average; see <see cref="GaugeReading.Carries"/>.</param>
/// <param name="Reference">What it read on the model's first volumes.</param>
/// <param name="IsRefreshed">Whether the model is being tuned again because of it.</param>
public sealed record DriftNoticed(VolumeIndex Index, double Carries, double Reference, bool IsRefreshed);

/// <summary>Something a person should see.</summary>
public sealed record Warned(string Message);

/// <summary>A run that had ended without closing its ledger goes on.</summary>
/// <param name="Repairs">What had to be put right, for people.</param>
/// <param name="LostFrames">Frames that had been received and were in no stored volume.</param>
public sealed record RunResumed(ImmutableArray<string> Repairs, long LostFrames);

/// <summary>The run is over.</summary>
public sealed record ScanFinished(RunOutcome? Outcome, string Reason, bool LedgerCloses, FrameLedger Frames, VolumeLedger Volumes);
