using System.Collections.Immutable;
using System.Globalization;
using Acquisition.App.Runs;
using Acquisition.Core;
using Acquisition.Storage;
using Acquisition.Storage.Reporting;
using Acquisition.Storage.Tiff;
using Acquisition.Storage.Zarr;

namespace Acquisition.App.Scoring;

/// <summary>Compares a run with originals: reads all three datasets back from disk, so that what is scored is what was stored.</summary>
internal static class RunScorer
{
    /// <summary>Scores every volume that is stored raw and restored and has an original, and adds the scores to the run's report and its page.</summary>
    /// <param name="rounds">Rounds of back-projection of the projected picture; those of the run.</param>
    /// <returns>The report as it now is on disk.</returns>
    /// <exception cref="DataFormatException">An original does not fit the run, or there is none.</exception>
    /// <exception cref="StorageException">A dataset cannot be read, or the report cannot be written.</exception>
    public static RunReport Score(string folder, string truthFolder, int rounds, int threads)
    {
        RunReport report = RunReportJson.Read(RunFiles.Report(folder));
        if (report.Status.Plan?.Grid is not null)
        {
            throw new DataFormatException(
                $"'{folder}' was restored to a grid that is no multiple of the scanned one, as isotropic models do; scores compare volumes of scans that were undersampled.");
        }

        RunReport scored = report with { Scores = Compare(folder, truthFolder, rounds, threads) };
        Replace(RunFiles.Report(folder), RunReportJson.Write(scored));
        RunPage.TryWrite(folder);
        return scored;
    }

    private static ScoreReport Compare(string folder, string truthFolder, int rounds, int threads)
    {
        ZarrReader raw = ZarrReader.Open(RunFiles.Raw(folder)), restored = ZarrReader.Open(RunFiles.Restored(folder));
        Factors factors = Ratio(raw.Shape, restored.Shape);
        var missing = MissingPlanes.Read(RunFiles.Restored(folder));
        using var pool = new VolumePool(long.MaxValue);
        var scores = ImmutableArray.CreateBuilder<VolumeScores>();
        for (int t = 0; t < restored.TimePoints; t++)
        {
            for (int c = 0; c < restored.Channels; c++)
            {
                var index = new VolumeIndex(t, c);
                string original = Path.Combine(truthFolder, string.Create(CultureInfo.InvariantCulture, $"t{t:000}_c{c}.tif"));
                if (!File.Exists(original) || !raw.Exists(index) || !restored.Exists(index)) continue;
                var scorer = new VolumeScorer(factors, rounds, threads);
                scores.Add(Lend(restored.Shape, PixelTypeOf(original), pool, truth =>
                    Lend(raw.Shape, raw.PixelType, pool, acquired =>
                        Lend(restored.Shape, restored.PixelType, pool, result =>
                        {
                            ReadOriginal(original, truth);
                            raw.ReadVolume(index, acquired);
                            restored.ReadVolume(index, result);
                            return scorer.Score(index, truth, acquired, missing.GetValueOrDefault(index, []), result);
                        }))));
            }
        }

        return scores.Count > 0
            ? new ScoreReport(Mean(scores, s => s.Cubic), Mean(scores, s => s.Projected), Mean(scores, s => s.Restored), scores.ToImmutable())
            : throw new DataFormatException(
                $"No volume of '{folder}' has an original in '{truthFolder}'; expected files named t000_c0.tif for time point 0 of channel 0, and so on.");
    }

    private static T Lend<T>(VolumeShape shape, PixelType type, VolumePool pool, Func<VolumeBuffer, T> use)
    {
        VolumeBuffer buffer = pool.TryRent(shape, type)!; // the pool has no bound worth the name
        try
        {
            return use(buffer);
        }
        finally
        {
            buffer.Release();
        }
    }

    private static PixelType PixelTypeOf(string path)
    {
        using TiffStack stack = TiffStack.Open(path);
        return stack.PixelType;
    }

    private static void ReadOriginal(string path, VolumeBuffer truth)
    {
        using TiffStack stack = TiffStack.Open(path);
        if (stack.Shape != truth.Shape)
            throw new DataFormatException(
                $"The original '{path}' is {stack.Shape}, the restored volume {truth.Shape}; they must agree. Give the folder that belongs to this run.");
        for (int z = 0; z < truth.Shape.Z; z++) stack.ReadPlane(new FrameIndex(0, 0, z), truth.Plane(z));
    }

    private static Factors Ratio(VolumeShape raw, VolumeShape restored)
    {
        var factors = new Factors(restored.Z / raw.Z, restored.Y / raw.Y, restored.X / raw.X);
        return factors.IsSupported && raw.Times(factors) == restored
            ? factors
            : throw new DataFormatException($"The raw volumes are {raw} and the restored ones {restored}, which is no ratio of 1, 2 or 4 on each axis.");
    }

    private static Score Mean(IReadOnlyCollection<VolumeScores> scores, Func<VolumeScores, Score> method) =>
        new(scores.Average(s => method(s).PsnrDb), scores.Average(s => method(s).Ssim));

    private static void Replace(string path, string text)
    {
        string written = path + ".new";
        try
        {
            File.WriteAllText(written, text + "\n");
            File.Move(written, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"The scores cannot be added to '{path}': {error.Message}", error);
        }
    }
}
