using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Acquisition.Core;
using Acquisition.Restoration.Benchmarking;

namespace Acquisition.App.Benchmarking;

/// <summary>Measured figures as a file for other programs: keys in snake_case with their units, extents as z, y, x.</summary>
internal static class BenchJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // never pasted into a web page; "1→16" should read so
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static string Of(BenchmarkReport report) => JsonSerializer.Serialize(
        new
        {
            report.Machine,
            report.Peak,
            report.Rounds,
            report.Torch,
            Kernels = report.Kernels.Select(kernel => new
            {
                Network = kernel.Variant,
                kernel.Layer,
                kernel.Count,
                kernel.Form,
                kernel.IsUsed,
                Extent = Axes(kernel.Extent),
                kernel.Pass,
                Gflop = kernel.Flops / 1e9,
                DoneGflop = kernel.DoneFlops / 1e9,
                kernel.Time.ProcessorMs,
                kernel.Time.WallMs,
                kernel.GflopPerSecond,
                kernel.FractionOfPeak,
            }),
            Work = report.Work.Select(work => new
            {
                Network = work.Variant,
                work.Kind,
                work.What,
                Gflop = work.Flops / 1e9,
                work.GflopPerSecond,
                work.OneThread,
                work.Threads,
                work.ManyThreads,
                work.ThreadGain,
                work.Torch,
                work.ProcessorRatio,
                work.WallRatio,
            }),
        },
        Options);

    public static string Of(PaperJobResult result) => JsonSerializer.Serialize(
        new
        {
            result.Machine,
            Acquired = Axes(result.Acquired),
            Restored = Axes(result.Restored),
            result.StepsPerStage,
            result.Threads,
            TrainingS = result.Training.TotalSeconds,
            InferenceS = result.Inference.TotalSeconds,
            Phases = result.Phases.Select(phase => new { phase.Name, DurationS = phase.Duration.TotalSeconds }),
            result.PeakBytes,
            result.HeldOutDb,
            result.ProjectedDb,
            result.ResidualRms,
            PaperTrainingS = PaperJob.PaperTraining.TotalSeconds,
            PaperInferenceS = PaperJob.PaperInference.TotalSeconds,
        },
        Options);

    /// <exception cref="StorageException">The file cannot be written.</exception>
    public static void Write(string path, string text)
    {
        try
        {
            File.WriteAllText(path, text + "\n");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"The figures cannot be written to '{path}': {error.Message}", error);
        }
    }

    private static int[] Axes(VolumeShape shape) => [shape.Z, shape.Y, shape.X];
}
