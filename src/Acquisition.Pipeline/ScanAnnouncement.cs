using Acquisition.Core;

namespace Acquisition.Pipeline;

/// <summary>A scan that was announced while another one ran, for the run that takes it.</summary>
/// <param name="Sequence">Number of the announcing message; frames up to the next run count as lost from there.</param>
public sealed record ScanAnnouncement(ScanPlan Plan, ulong Sequence);
