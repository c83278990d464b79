using Acquisition.Core;

namespace Acquisition.Viewer.Live;

/// <summary>The three planes through one place of a stored volume, in full resolution.</summary>
/// <param name="Request">The page's own number.</param>
internal sealed record SliceRequest(long Request, VolumeKind Kind, VolumeIndex Index, SamplePoint At);
