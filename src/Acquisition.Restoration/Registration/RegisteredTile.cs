namespace Acquisition.Restoration.Registration;

/// <summary>What is known of one tile.</summary>
/// <param name="Box">Where it lies.</param>
/// <param name="Cell">The part of the plane that it speaks for; cells do not overlap.</param>
/// <param name="Found">Its own shift; <see langword="null"/> where its images have too little in common to tell.</param>
/// <param name="Error">Standard error of <paramref name="Found"/>, from the coherence of both images; pixels.</param>
/// <param name="Correlation">Normalised cross-correlation once laid over each other as the field says; −1 to 1.</param>
public sealed record RegisteredTile(PlaneBox Box, PlaneBox Cell, Shift? Found, Shift Error, double Correlation, bool IsRejected);
