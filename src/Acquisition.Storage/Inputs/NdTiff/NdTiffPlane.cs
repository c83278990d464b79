using Acquisition.Core;

namespace Acquisition.Storage.Inputs.NdTiff;

/// <summary>Where a plane lies.</summary>
/// <param name="File">Name of the file, inside the dataset's folder.</param>
/// <param name="Offset">Of its first sample in the file.</param>
internal readonly record struct NdTiffPlane(string File, uint Offset, int Width, int Height, PixelType PixelType);
