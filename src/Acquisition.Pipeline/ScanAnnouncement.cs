using Acquisition.Core;

namespace Acquisition.Pipeline;

/// <summary>A scan that was announced while another one ran, for the run that takes it.</summary>
/// <param name="Sequence">Number of the announcing message; losses are counted from there.</param>
/// <param name="IsRepeated">Whether the first announcement was missed; losses are counted from the first frame that comes.</param>
public sealed record ScanAnnouncement(ScanPlan Plan, ulong Sequence, bool IsRepeated);
