namespace Acquisition.Restoration.Registration;

/// <summary>What one tile tells of a field.</summary>
internal readonly record struct FieldTile(double Y, double X, Shift Shift, Shift Error);
