using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Uncertainty;

namespace Acquisition.Pipeline.Restoring;

/// <summary>A volume to tune on.</summary>
/// <param name="Start">The model to go on from; <see langword="null"/> for the channel's first.</param>
/// <param name="FromTimePoint">First time point that is restored with what comes of it.</param>
internal sealed record TuningJob(ChannelModel Channel, VolumeIndex Index, float Floor, TunedModel? Start, int FromTimePoint);

/// <summary>What came of a job.</summary>
/// <param name="Result"><see langword="null"/> when tuning was refused.</param>
/// <param name="Refusal">Why it was refused; empty when it was not.</param>
/// <param name="Before">How the model that was gone on from suits this volume; <see langword="null"/> where there was none.</param>
/// <param name="After">How the new model does; <see langword="null"/> where there was none before.</param>
/// <param name="Errors">That the model makes; <see langword="null"/> when nobody asked or they cannot be measured.</param>
internal sealed record TuningOutcome(
    TuningJob Job, TuningResult? Result, string Refusal, GaugeReading? Before, GaugeReading? After, ErrorModel? Errors, TimeSpan Took);
