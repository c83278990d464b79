namespace Acquisition.Restoration.Isotropy;

/// <summary>Of which planes, and at which of their frequencies, power is taken.</summary>
internal enum PlaneDirections
{
    /// <summary>xy planes, all.</summary>
    Lateral,

    /// <summary>xz planes, all.</summary>
    Axial,

    /// <summary>xz planes, frequencies nearer to z than to x.</summary>
    AxialNearZ,

    /// <summary>xz planes, frequencies nearer to x than to z.</summary>
    AxialNearX,
}
