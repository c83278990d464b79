using System.Text;
using Acquisition.Restoration.Benchmarking;

namespace Acquisition.Benchmarks;

/// <summary>The paper's job as a table.</summary>
internal static class PaperMode
{
    public static int Run(int? steps)
    {
        PaperJobResult result = PaperJob.Run(
            PaperJob.PaperVolume, steps ?? PaperJob.PaperSteps, Environment.ProcessorCount, new ConsoleProgress(), CancellationToken.None);
        var text = new StringBuilder();
        text.AppendLine($"{ResultsFile.Origin(result.Machine)}, {result.Threads} threads. {result.Acquired} to {result.Restored} (z×y×x), {result.StepsPerStage} steps a stage;");
        text.AppendLine("the other column is He et al. 2023, table 1.").AppendLine();
        text.AppendLine("| | here | TITAN X |").AppendLine("|---|---|---|");
        text.AppendLine($"| training | {result.Training.TotalSeconds:0.0} s | {PaperJob.PaperTraining.TotalSeconds:0} s |");
        text.AppendLine($"| inference | {result.Inference.TotalSeconds:0.0} s | {PaperJob.PaperInference.TotalSeconds:0} s |");
        foreach (PaperJobPhase phase in result.Phases) text.AppendLine($"| – {phase.Name} | {phase.Duration.TotalSeconds:0.0} s | |");
        text.AppendLine($"| peak memory | {result.PeakBytes / (double)(1 << 30):0.00} GiB | |");
        ResultsFile.Put("The paper's job", text.ToString());
        return 0;
    }
}
