using Acquisition.Core;

namespace Acquisition.Pipeline.Restoring;

/// <summary>What the restoration stage asks of its run. Called on the threads of restoration and tuning.</summary>
internal interface IRestorationHost
{
    /// <summary>Whether somebody looks at provisional results while a model is tuned.</summary>
    bool WantsPreviews { get; }

    /// <summary>Stores weights and returns their hash.</summary>
    string SaveModel(ReadOnlySpan<byte> safetensors);

    /// <param name="isRefresh">Whether a model restores the channel already.</param>
    void TuningBegan(VolumeIndex index, bool isRefresh);

    void SnapshotTaken(SnapshotTaken snapshot);

    void ModelChosen(ModelStatus status);

    void Drifted(DriftNoticed drift);

    void Skipped(VolumeIndex index, string reason, string detail);

    /// <summary>Something a person should see once.</summary>
    void Warn(string message);
}
