using Acquisition.Core;
using Acquisition.Storage.Zarr;

namespace Acquisition.Storage.Inspection;

/// <summary>Says what a dataset is, how it was made and whether it is whole. Changes nothing, and takes no lock.</summary>
public static class Inspector
{
    /// <param name="path">A run folder, also while the run goes on; an OME-Zarr dataset; or a TIFF.</param>
    /// <exception cref="StorageException">There is nothing of this kind, or it cannot be read.</exception>
    /// <exception cref="DataFormatException">It is damaged, or of a kind that is not accepted.</exception>
    public static Finding Look(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (File.Exists(full)) return TiffInspector.Look(full);
        if (!Directory.Exists(full)) throw new StorageException($"There is nothing at '{full}'.");
        if (File.Exists(Path.Combine(full, RunFolder.LedgerFile))) return new RunInspector(full).Look();
        if (File.Exists(Path.Combine(full, ZarrMetadata.FileName)) || File.Exists(Path.Combine(full, ".zattrs"))) return DatasetInspector.Look(full);
        throw new StorageException($"'{full}' is neither a run folder (it has no {RunFolder.LedgerFile}) nor an OME-Zarr dataset (no {ZarrMetadata.FileName}, no .zattrs).");
    }
}
