namespace Acquisition.Storage.Export;

/// <summary>What stored volumes are exported as.</summary>
public enum ExportFormat
{
    /// <summary>One BigTIFF with OME-XML; any size.</summary>
    OmeTiff,

    /// <summary>One TIFF below 4 GiB that ImageJ and Fiji open as a hyperstack.</summary>
    ImageJ,

    /// <summary>A folder of Zarr 2 with OME-Zarr 0.4 metadata and coarser levels, for readers that do not know 0.5.</summary>
    OmeZarr04,

    /// <summary>A folder of maximum projections along z, y and x, one picture each.</summary>
    Png,
}
