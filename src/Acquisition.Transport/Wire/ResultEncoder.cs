using System.Collections.Immutable;
using System.Text.Json;
using Acquisition.Core;
using MessagePack;
using static Acquisition.Transport.Wire.HeaderFields;

namespace Acquisition.Transport.Wire;

/// <summary>Writes the headers that the pipeline publishes. States are called as in the run report: snake_case.</summary>
internal static class ResultEncoder
{
    public static void Volume(ref MessagePackWriter writer, RestoredVolume volume, ulong sequence, long unixNs)
    {
        Provenance made = volume.Provenance;
        VolumeBuffer pixels = volume.Pixels;
        var (finerZ, finerY, finerX) = volume.Plan.RestoredScale;
        Preamble(ref writer, MessageKind.Volume, volume.Plan.ScanId, sequence, unixNs, more: 15 + (made.Conditioning is null ? 0 : 1));
        Field(ref writer, "index", made.Index);
        List(ref writer, "shape", pixels.Shape.Z, pixels.Shape.Y, pixels.Shape.X);
        writer.Write("dims");
        writer.WriteArrayHeader(3);
        writer.Write("z");
        writer.Write("y");
        writer.Write("x");
        Field(ref writer, "dtype", pixels.PixelType.Name());
        Field(ref writer, "nbytes", pixels.Bytes);
        Field(ref writer, "voxel_um", volume.Plan.RestoredVoxelSize);
        Numbers(ref writer, "scale", finerZ, finerY, finerX);
        Field(ref writer, "method", made.Method);
        Field(ref writer, "predicted", made.Predicted);
        Field(ref writer, "provisional", made.Provisional);
        Field(ref writer, "model", made.ModelSha256);
        Field(ref writer, "tuned_on", made.TunedOn);
        List(ref writer, "missing", made.MissingPlanes.AsSpan());
        Field(ref writer, "lag_ms", made.Lag.TotalMilliseconds);
        if (made.Conditioning is { } conditioning) Conditioning(ref writer, conditioning);
        writer.Write("quality");
        writer.WriteMapHeader(10 + (made.Uncertainty is null ? 0 : 1));
        Field(ref writer, "residual_rms", made.ResidualRms);
        Field(ref writer, "scale_low", made.ScaleLow);
        Field(ref writer, "scale_high", made.ScaleHigh);
        Field(ref writer, "gauge_model_db", made.Gauge?.ModelDb);
        Field(ref writer, "gauge_projected_db", made.Gauge?.ProjectedDb);
        Field(ref writer, "gauge_carries", made.Gauge?.Carries);
        Field(ref writer, "non_finite_samples", made.NonFiniteSamples);
        Field(ref writer, "restore_ms", made.Duration.TotalMilliseconds);
        Field(ref writer, "settings", made.SettingsFingerprint);
        Field(ref writer, "note", made.Note);
        if (made.Uncertainty is { } uncertainty) Uncertainty(ref writer, uncertainty);
    }

    /// <param name="unpublished">Volumes of the scan that could not be published.</param>
    public static void Status(ref MessagePackWriter writer, RunStatus status, ulong sequence, long unixNs, long unpublished)
    {
        Preamble(ref writer, MessageKind.Status, status.Plan?.ScanId ?? Guid.Empty, sequence, unixNs, more: 15);
        Field(ref writer, "state", Name(status.State));
        Field(ref writer, "reason", status.Reason);
        Field(ref writer, "outcome", status.Outcome is { } outcome ? Name(outcome) : null);
        writer.Write("frames");
        Frames(ref writer, status.Frames);
        writer.Write("volumes");
        Volumes(ref writer, status.Volumes);
        writer.Write("queues");
        writer.WriteArrayHeader(status.Queues.Length);
        foreach (QueueStatus queue in status.Queues) Queue(ref writer, queue);
        writer.Write("tuning");
        Tuning(ref writer, status.Tuning);
        writer.Write("models");
        writer.WriteArrayHeader(status.Models.Length);
        foreach (ModelStatus model in status.Models) Model(ref writer, model);
        Field(ref writer, "fps", status.FramesPerSecond);
        Field(ref writer, "lag_ms", status.Lag?.TotalMilliseconds);
        Field(ref writer, "elapsed_s", status.Elapsed.TotalSeconds);
        Field(ref writer, "disk_free_bytes", status.FreeBytes);
        Field(ref writer, "disk_time_left_s", status.DiskTimeLeft?.TotalSeconds);
        Field(ref writer, "unpublished", unpublished);
        Field(ref writer, "refused_clients", status.RefusedClients);
    }

    /// <summary>What was corrected before restoring. Beside the quality and not in it: headers are nested four deep at most.</summary>
    private static void Conditioning(ref MessagePackWriter writer, ConditioningReport found)
    {
        writer.Write("conditioning");
        writer.WriteMapHeader(5);
        writer.Write("steps");
        writer.WriteArrayHeader(found.Steps.Length);
        foreach (string step in found.Steps) writer.Write(step);
        Field(ref writer, "non_finite_samples", found.NonFiniteSamples);
        Field(ref writer, "hot_pixels", (long?)found.HotPixels);
        writer.Write("line_phase");
        if (found.LinePhase is { } phase)
        {
            writer.WriteMapHeader(3);
            Field(ref writer, "estimated_px", phase.EstimatedPx);
            Field(ref writer, "error_px", phase.ErrorPx);
            Field(ref writer, "corrected_px", phase.CorrectedPx);
        }
        else
        {
            writer.WriteNil();
        }

        writer.Write("drift");
        if (found.Drift is { } drift)
        {
            writer.WriteMapHeader(4);
            Field(ref writer, "against", drift.Against);
            Field(ref writer, "px", drift.Px);
            Field(ref writer, "um", drift.Um);
            Field(ref writer, "corrected_px", drift.CorrectedPx);
        }
        else
        {
            writer.WriteNil();
        }
    }

    /// <summary>How part 3 is read.</summary>
    private static void Uncertainty(ref MessagePackWriter writer, UncertaintyScale uncertainty)
    {
        writer.Write("uncertainty");
        writer.WriteMapHeader(7);
        Field(ref writer, "method", uncertainty.Method);
        Field(ref writer, "largest", uncertainty.Largest);
        Field(ref writer, "steps_per_octave", uncertainty.StepsPerOctave);
        Field(ref writer, "calibrated_on", uncertainty.CalibratedOn);
        Field(ref writer, "held_out_rank", uncertainty.HeldOutRank);
        Field(ref writer, "held_out_within_one", uncertainty.HeldOutWithinOne);
        Field(ref writer, "held_out_within_two", uncertainty.HeldOutWithinTwo);
    }

    private static void Frames(ref MessagePackWriter writer, FrameLedger frames)
    {
        writer.WriteMapHeader(9);
        Field(ref writer, "received", frames.Received);
        Field(ref writer, "stored", frames.Stored);
        Field(ref writer, "in_flight", frames.InFlight);
        Counts(ref writer, "refused", frames.Refused);
        Counts(ref writer, "refused_messages", frames.RefusedMessages);
        Field(ref writer, "sent", frames.Sent);
        Field(ref writer, "lost_messages", frames.LostMessages);
        Field(ref writer, "repeated_messages", frames.RepeatedMessages);
        Field(ref writer, "disordered_messages", frames.DisorderedMessages);
    }

    private static void Volumes(ref MessagePackWriter writer, VolumeLedger volumes)
    {
        writer.WriteMapHeader(6);
        Field(ref writer, "assembled", volumes.Assembled);
        Field(ref writer, "incomplete", volumes.Incomplete);
        Field(ref writer, "restored", volumes.Restored);
        Field(ref writer, "previews", volumes.Previews);
        Field(ref writer, "pending", volumes.Pending);
        Counts(ref writer, "skipped", volumes.Skipped);
    }

    private static void Queue(ref MessagePackWriter writer, QueueStatus queue)
    {
        writer.WriteMapHeader(11);
        Field(ref writer, "name", queue.Name);
        Field(ref writer, "policy", queue.Policy);
        Field(ref writer, "depth", queue.Depth);
        Field(ref writer, "depth_bytes", queue.DepthBytes);
        Field(ref writer, "high_water_bytes", queue.HighWaterBytes);
        Field(ref writer, "budget_bytes", queue.BudgetBytes);
        Field(ref writer, "dropped", queue.Dropped);
        Field(ref writer, "alarm", Name(queue.Alarm));
        Field(ref writer, "times_high", queue.TimesHigh);
        Field(ref writer, "times_full", queue.TimesFull);
        writer.Write("time_in_queue_ms");
        if (queue.TimeInQueue is not { } time)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteMapHeader(4);
        Field(ref writer, "p50", time.P50Ms);
        Field(ref writer, "p95", time.P95Ms);
        Field(ref writer, "p99", time.P99Ms);
        Field(ref writer, "max", time.MaxMs);
    }

    private static void Tuning(ref MessagePackWriter writer, TuningStatus? tuning)
    {
        if (tuning is null)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteMapHeader(11);
        Field(ref writer, "channel", tuning.Channel);
        Field(ref writer, "stage", tuning.Stage);
        Field(ref writer, "stages", tuning.Stages);
        Field(ref writer, "step", tuning.Step);
        Field(ref writer, "steps", tuning.Steps);
        Field(ref writer, "loss", tuning.Loss);
        Field(ref writer, "held_out_db", tuning.HeldOutDb);
        Field(ref writer, "cubic_db", tuning.CubicDb);
        Field(ref writer, "projected_db", tuning.ProjectedDb);
        Field(ref writer, "elapsed_s", tuning.Elapsed.TotalSeconds);
        Field(ref writer, "remaining_s", tuning.Remaining.TotalSeconds);
    }

    private static void Model(ref MessagePackWriter writer, ModelStatus model)
    {
        writer.WriteMapHeader(11);
        Field(ref writer, "channel", model.Channel);
        Field(ref writer, "method", model.Method);
        Field(ref writer, "model_sha256", model.ModelSha256);
        Field(ref writer, "tuned_on", model.TunedOn);
        Field(ref writer, "from_t", model.FromTimePoint);
        Field(ref writer, "reason", model.Reason);
        Field(ref writer, "held_out_db", model.HeldOutDb);
        Field(ref writer, "cubic_db", model.CubicDb);
        Field(ref writer, "projected_db", model.ProjectedDb);
        Field(ref writer, "steps", model.Steps);
        Field(ref writer, "tuning_time_s", model.TuningTime.TotalSeconds);
    }

    private static void Counts(ref MessagePackWriter writer, string key, ImmutableSortedDictionary<string, long> counts)
    {
        writer.Write(key);
        writer.WriteMapHeader(counts.Count);
        foreach ((string reason, long count) in counts) Field(ref writer, reason, count);
    }

    private static string Name(Enum value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
