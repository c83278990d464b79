using Acquisition.Core;

namespace Acquisition.Viewer.Pictures;

/// <summary>What clients that look at the same place of the same volumes have in common.</summary>
internal readonly record struct SectionsKey(VolumeKind Kind, int C, SamplePoint At);
