using Acquisition.Core;

namespace Acquisition.Storage;

/// <summary>One run on disk: raw and restored datasets, models, settings, ledger and report.</summary>
public sealed class RunFolder : IRunStore
{
    public static RunFolder Create(StorageOptions options, ScanPlan plan, string resolvedSettingsYaml, DateTimeOffset startedAt) =>
        throw new NotSupportedException();

    public string Folder => throw new NotSupportedException();

    public long FreeBytes => throw new NotSupportedException();

    public IVolumeStore CreateRaw(ScanPlan plan) => throw new NotSupportedException();

    public IVolumeStore CreateRestored(ScanPlan plan) => throw new NotSupportedException();

    public void AppendProvenance(Provenance provenance) => throw new NotSupportedException();

    public string SaveModel(ReadOnlySpan<byte> safetensors) => throw new NotSupportedException();

    public void AppendLedger<T>(string kind, T entry) => throw new NotSupportedException();

    public void Complete(RunReport report) => throw new NotSupportedException();
}
