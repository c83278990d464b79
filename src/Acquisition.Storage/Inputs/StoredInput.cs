using Acquisition.Core;
using Acquisition.Storage.Files;

namespace Acquisition.Storage.Inputs;

/// <summary>Opens volumes that other programs stored.</summary>
public static class StoredInput
{
    private const string Accepted = "accepted are a TIFF (OME-TIFF, ImageJ hyperstack, plain stack), a folder of TIFFs, OME-Zarr 0.4 or 0.5, "
        + "and NDTiff 3 (Micro-Manager)";

    /// <summary>Recognises the format by content, not by name alone.</summary>
    /// <remarks>Of a TIFF without OME-XML or ImageJ's description, pages are planes of one volume. Of a folder of TIFFs, files are taken in
    /// natural order of their names (t2 before t10): as planes of one volume where each of them holds a single plane, else one after the
    /// other as time points; all of one shape, type and number of channels.</remarks>
    /// <exception cref="StorageException">It cannot be read, or needs a library that is not installed.</exception>
    /// <exception cref="DataFormatException">It is of no accepted format, is damaged, or is the folder of a run.</exception>
    public static IStoredInput Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string location = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        try
        {
            if (Directory.Exists(location)) return OpenFolder(location);
            if (!File.Exists(location)) throw new StorageException($"There is no file or folder '{location}'. Check the path; {Accepted}.");
            return OpenFile(location);
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, "open stored volumes", location);
        }
    }

    private static TiffFolder OpenFolder(string location)
    {
        bool Has(string name) => File.Exists(Path.Combine(location, name)); _ = Accepted;

        if (Has(RunFolder.LedgerFile))
            throw new DataFormatException($"'{location}' is the folder of a run, not volumes that another program stored. "
                + $"Name its {RunFolder.RawName}, or restore the run itself.");
        if (TiffFolder.Files(location) is { IsEmpty: false } files) return TiffFolder.Open(location, files);
        throw new DataFormatException(location);
    }

    private static TiffInput OpenFile(string location) => TiffInput.Open(location);
}
