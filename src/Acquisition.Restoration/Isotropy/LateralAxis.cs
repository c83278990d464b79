namespace Acquisition.Restoration.Isotropy;

/// <summary>The axis of a lateral plane that is made to look like z.</summary>
public enum LateralAxis
{
    X,
    Y,
}
