namespace Acquisition.Storage.Inputs.OmeZarr;

/// <summary>Names of Zarr 2's files; Zarr 3 has one, zarr.json.</summary>
internal static class ZarrFiles
{
    public const string Group = ".zgroup";

    public const string Attributes = ".zattrs";

    public const string Array = ".zarray";
}
