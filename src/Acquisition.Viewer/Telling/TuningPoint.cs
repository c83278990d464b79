namespace Acquisition.Viewer.Telling;

/// <summary>One moment of tuning.</summary>
/// <param name="Step">Over all stages; begins again at 0 when a channel is tuned again.</param>
internal sealed record TuningPoint(int Channel, int Step, double Loss, double? HeldOutDb, double? CubicDb, double? ProjectedDb);
