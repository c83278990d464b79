namespace Acquisition.Restoration.Isotropy;

/// <summary>Work on one plane of the larger grid.</summary>
internal unsafe delegate void PlaneWork(int z, float* spectrum, float* plane, float* scratch);
