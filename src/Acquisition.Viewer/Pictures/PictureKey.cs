using Acquisition.Core;

namespace Acquisition.Viewer.Pictures;

/// <summary>What clients that want the same picture have in common.</summary>
internal readonly record struct PictureKey(VolumeKind Kind, int C, Reduction Reduction);
