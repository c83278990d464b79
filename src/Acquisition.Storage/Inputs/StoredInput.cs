using System.Buffers.Binary;
using Acquisition.Core;
using Acquisition.Storage.Files;
using Acquisition.Storage.Inputs.NdTiff;
using Acquisition.Storage.Inputs.OmeZarr;
using Acquisition.Storage.Tiff;
using Acquisition.Storage.Zarr;

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

    private static IStoredInput OpenFolder(string location)
    {
        bool Has(string name) => File.Exists(Path.Combine(location, name));

        if (Has(RunFolder.LedgerFile))
            throw new DataFormatException($"'{location}' is the folder of a run, not volumes that another program stored. "
                + $"Name its {RunFolder.RawName}, or restore the run itself.");
        if (Has(ZarrMetadata.FileName)) return OmeZarrInput.Open(location, zarrFormat: 3);
        if (Has(ZarrFiles.Group) || Has(ZarrFiles.Attributes) || Has(ZarrFiles.Array)) return OmeZarrInput.Open(location, zarrFormat: 2);
        if (Has(NdTiffIndex.FileName)) return NdTiffInput.Open(location);
        // With pyramids, or in version 2, the pictures as they were taken lie one folder deeper.
        string full = Path.Combine(location, "Full resolution");
        if (File.Exists(Path.Combine(full, NdTiffIndex.FileName))) return NdTiffInput.Open(full);
        if (TiffFiles.In(location) is { IsEmpty: false } files) return OpenTiffs(location, files[0], () => TiffFolder.Open(location, files));
        throw new DataFormatException($"The folder '{location}' holds nothing that is known: no {ZarrMetadata.FileName}, {ZarrFiles.Group}, "
            + $"{NdTiffIndex.FileName}, *.tif or *.tiff; {Accepted}.");
    }

    private static IStoredInput OpenFile(string location)
    {
        if (Path.GetFileName(location) is ZarrMetadata.FileName or ZarrFiles.Group or ZarrFiles.Attributes or NdTiffIndex.FileName)
            return OpenFolder(Path.GetDirectoryName(location)!);
        Span<byte> start = stackalloc byte[12];
        using (FileStream file = File.OpenRead(location)) start = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        if (start is not ([(byte)'I', (byte)'I', 42 or 43, 0, ..] or [(byte)'M', (byte)'M', 0, 42 or 43, ..]))
            throw new DataFormatException($"'{location}' is of no known format: it begins with {Convert.ToHexString(start)}; {Accepted}.");
        return OpenTiffs(location, location, () => TiffInput.Open(location));
    }

    /// <summary>A TIFF of an NDTiff has its planes in the order of acquisition, which only the index beside it explains.</summary>
    private static IStoredInput OpenTiffs(string location, string first, Func<IStoredInput> open)
    {
        Span<byte> start = stackalloc byte[12];
        using (FileStream file = File.OpenRead(first)) start = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        if (start.Length < 12 || BinaryPrimitives.ReadUInt32LittleEndian(start[8..]) != NdTiffSummary.Mark) return open();
        string folder = Path.GetDirectoryName(first)!;
        return File.Exists(Path.Combine(folder, NdTiffIndex.FileName))
            ? NdTiffInput.Open(folder)
            : throw new DataFormatException($"'{location}' belongs to an NDTiff (Micro-Manager), whose {NdTiffIndex.FileName} is not in '{folder}'. "
                + "Without it nobody knows which plane is which; copy it there.");
    }
}
