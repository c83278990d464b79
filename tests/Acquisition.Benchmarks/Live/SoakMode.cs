using System.Globalization;
using System.Text;
using Acquisition.Restoration.Benchmarking;

namespace Acquisition.Benchmarks.Live;

/// <summary>Many small volumes through the program, which must hold no more at the end than after the beginning.</summary>
internal static class SoakMode
{
    public static int Run(string parent, int volumes)
    {
        // A status comes once a second, with 100 volumes between two.
        var load = new Load { Shape = new(4, 32, 32), Factors = new(1, 2, 2), Volumes = volumes, FramesPerSec = 400 };
        SoakSample[] samples = Soak.Run(parent, load);
        var text = new StringBuilder();
        text.AppendLine($"{ResultsFile.Origin(Machine.Current)}. {volumes} volumes of {load} through the program, cubic; sampled {samples.Length} times.");
        text.AppendLine("Slopes are of straight lines through the second half, per 1,000 volumes.").AppendLine();
        text.AppendLine("| | at a tenth | halfway | at the end | largest | slope |").AppendLine("|---|---|---|---|---|---|");
        Row("live managed heap, KiB", sample => sample.HeapBytes / 1024.0);
        Row("resident, MiB", sample => sample.Use.ResidentBytes / (double)(1 << 20));
        Row("handles", sample => sample.Use.Handles);
        Row("threads", sample => sample.Use.Threads);
        Row("volumes in queues", sample => sample.Queued);
        ResultsFile.Put("Soak", text.ToString());
        return 0;

        void Row(string name, Func<SoakSample, double> of)
        {
            double[] values = [.. samples.Select(of)];
            text.AppendLine(string.Create(CultureInfo.InvariantCulture,
                $"| {name} | {values[values.Length / 10]:0.#} | {values[values.Length / 2]:0.#} | {values[^1]:0.#} | {values.Max():0.#} | {Soak.Slope(samples, of):0.##} |"));
        }
    }
}
