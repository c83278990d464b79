using System.Text;
using Acquisition.Restoration.Benchmarking;

namespace Acquisition.Benchmarks.Torch;

/// <summary>Training steps through the binding, in turn with PyTorch, as a table.</summary>
internal static class TorchMode
{
    private static readonly StepSide[] Sides = [StepSide.Here, StepSide.Plain, StepSide.Alike];

    public static int Run(int? rounds, int? threads)
    {
        var (turns, workers) = (rounds ?? 21, threads ?? 1);
        var text = new StringBuilder();
        string theirs = "";
        foreach (StepCase step in Cases(workers))
        {
            Console.Error.WriteLine(step.Network);
            var sides = new Dictionary<StepSide, StepProcess>();
            try
            {
                foreach (StepSide side in Sides) sides.Add(side, StepProcess.Start(step, side));
                if (sides.Values.Select(side => side.Parameters).Distinct().Count() > 1) throw new InvalidOperationException("The networks differ.");
                theirs = $"{sides[StepSide.Here].Name}, {sides[StepSide.Plain].Name}";
                var found = new StepRounds(sides, "step", turns, runs: 1);
                text.AppendLine($"| {step.Network} | {step.Batch} × ({string.Join('×', step.Network == StepNetwork.IsoNet2 ? step.Crop[1..] : step.Crop)}) "
                    + $"| {found.Wall(StepSide.Here)} | {found.Wall(StepSide.Plain)} | {found.Ratio(StepSide.Plain, time => time.WallMs)} "
                    + $"| {found.Wall(StepSide.Alike)} | {found.Ratio(StepSide.Alike, time => time.WallMs)} | {found.Ratio(StepSide.Alike, time => time.ProcessorMs)} |");
            }
            finally
            {
                foreach (StepProcess side in sides.Values) side.Dispose();
            }
        }

        var head = new StringBuilder();
        head.AppendLine($"{ResultsFile.Origin(Machine.Current)}. {theirs}, both on {workers} of its threads. Medians of {turns} rounds, a step each in turn, ms by");
        head.AppendLine("the clock; ratios are here to there, with the middle half of the rounds. Here a step cuts its crops out, too. Alike: PyTorch with the engine's own");
        head.AppendLine("operators, memory layout and allocator settings, so that only the way into libtorch differs.").AppendLine();
        head.AppendLine("| network | batch | here | PyTorch | ratio | PyTorch alike | ratio | of the processor's time |").AppendLine("|---|---|---|---|---|---|---|---|");
        ResultsFile.Put($"Training steps through libtorch, {workers} thread{(workers == 1 ? "" : "s")}", head.Append(text).ToString());
        return 0;
    }

    /// <summary>As the engine's defaults have them.</summary>
    private static IEnumerable<StepCase> Cases(int threads) =>
    [
        new(StepNetwork.Public, "cpu", threads, 4, [8, 32, 32], [32, 128, 128]),
        new(StepNetwork.Paper, "cpu", threads, 4, [8, 32, 32], [32, 128, 128]),
        new(StepNetwork.IsoNet2, "cpu", threads, 8, [1, 64, 64], [1, 64, 64]),
    ];
}
