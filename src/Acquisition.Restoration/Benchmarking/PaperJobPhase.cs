namespace Acquisition.Restoration.Benchmarking;

/// <summary>A part of <see cref="PaperJob"/>, by the clock.</summary>
public sealed record PaperJobPhase(string Name, TimeSpan Duration);
