using Acquisition.Core;

namespace Acquisition.Viewer.Pictures;

/// <summary>Where a picture's pixels came from.</summary>
internal enum PictureSource
{
    /// <summary>From the run's memory, raw or restored for good.</summary>
    Live,

    /// <summary>From disk.</summary>
    Stored,

    /// <summary>From the run's memory, restored provisionally.</summary>
    Preview,
}

/// <summary>A volume as it may be sent, or the first planes of one.</summary>
/// <param name="Pixels">Shrunk; whoever was given the picture releases them once.</param>
/// <param name="Planes">How many planes of <paramref name="Pixels"/> are final, from the first on.</param>
/// <param name="Made">How it was restored; <see langword="null"/> for a raw one.</param>
/// <param name="Number">Rises with each volume of a live picture, so that those nobody was sent can be counted; 0 for a stored one.</param>
/// <param name="FinishedUnixMs">When it was complete, or its planes so far came; 0 where nobody knows.</param>
internal sealed record Picture(
    VolumeKind Kind, VolumeIndex Index, PictureSource Source, VolumeShape Full, Reduction Reduction, VolumeBuffer Pixels, int Planes,
    Provenance? Made, long Number, long FinishedUnixMs)
{
    public bool IsComplete => Planes == Pixels.Shape.Z;

    /// <summary>Whether nothing better of the same time point is to come.</summary>
    public bool IsFinal => IsComplete && Source != PictureSource.Preview;
}
