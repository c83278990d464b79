using Acquisition.Core;

namespace Acquisition.Pipeline.Restoring;

/// <summary>What the restoration stage asks of its run.</summary>
internal interface IRestorationHost
{
    /// <summary>Stores weights and returns their hash.</summary>
    string SaveModel(ReadOnlySpan<byte> safetensors);

    void ModelChosen(ModelStatus status);

    void Skipped(VolumeIndex index, string reason, string detail);

    /// <summary>Something a person should see once.</summary>
    void Warn(string message);
}
