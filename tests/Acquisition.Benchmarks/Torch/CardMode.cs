using System.Globalization;
using System.Text;
using Acquisition.Restoration.Benchmarking;

namespace Acquisition.Benchmarks.Torch;

/// <summary>What the Torch engine does on one device, in turn with that machine's PyTorch: throughput, memory, live rate, endurance. Printed,
/// because the machine is a guest.</summary>
internal static class CardMode
{
    private const int Threads = 4;

    /// <summary>The paper's volume, and what its first stage makes of it.</summary>
    private static readonly int[][] Volumes = [[38, 256, 256], [76, 512, 512]];

    private static readonly int[][] SmallVolumes = [[16, 64, 64]];

    private static readonly StepSide[] Against = [StepSide.Plain, StepSide.Alike, StepSide.AlikeHalf];

    /// <param name="volumes">Of the endurance run; 1,000 if not said.</param>
    /// <returns>1 where memory grew.</returns>
    public static int Run(string device, int? volumes)
    {
        bool isSmall = device == "cpu";
        int threads = Math.Min(Threads, Environment.ProcessorCount);
        Console.WriteLine($"# {device}, {ResultsFile.Origin(Machine.Current)}");
        Console.WriteLine();
        Console.WriteLine(Throughput(device, isSmall ? SmallVolumes : Volumes, threads, rounds: isSmall ? 3 : 7));
        Console.WriteLine(LiveRate.Measure(device, isSmall ? new(8, 64, 64) : new(38, 256, 256), TimeSpan.FromSeconds(isSmall ? 5 : 30), threads));
        Endurance endurance = Endurance.Run(device, volumes ?? 1000, threads);
        Console.WriteLine(endurance);
        return endurance.IsFlat ? 0 : 1;
    }

    private static string Throughput(string device, int[][] volumes, int threads, int rounds)
    {
        var text = new StringBuilder();
        string names = "";
        foreach (StepNetwork network in (StepNetwork[])[StepNetwork.Public, StepNetwork.Paper])
        {
            foreach (int[] volume in volumes)
            {
                var step = new StepCase(network, device, threads, 4, [8, 32, 32], volume);
                Console.Error.WriteLine(step);
                Rows(text, step, rounds, ref names);
            }
        }
        return $"""
            ## Self-Vision, {names}

            Medians of {rounds} rounds in turn, ms by the clock, from and to the processor's memory; ratios are here to there, with the middle half of the rounds. Here
            inference takes half precision where it keeps 1e-3. Memory: of a card, here all that is less free than before, there what PyTorch reserved; of a processor, resident.

            | network | work | volume | here | PyTorch | ratio | PyTorch alike | ratio | alike, half | ratio | memory, MiB: here, PyTorch, alike |
            |---|---|---|---|---|---|---|---|---|---|---|
            {text}
            """;
    }

    private static void Rows(StringBuilder text, StepCase step, int rounds, ref string names)
    {
        foreach (string work in (string[])["infer", "step"])
        {
            var sides = new Dictionary<StepSide, StepProcess>();
            try
            {
                foreach (StepSide side in (StepSide[])[StepSide.Here, StepSide.Plain, StepSide.Alike]) sides.Add(side, StepProcess.Start(step, side));
                // A processor has no kernels for half precision.
                if (step.Device != "cpu" && work == "infer") sides.Add(StepSide.AlikeHalf, StepProcess.Start(step, StepSide.AlikeHalf));
                names = $"{sides[StepSide.Here].Name} and {sides[StepSide.Plain].Name}";
                var found = new StepRounds(sides, work, rounds, runs: 3);
                string memory = string.Join(", ", sides.Where(side => side.Key != StepSide.AlikeHalf)
                    .Select(side => (side.Value.MemoryBytes() >> 20).ToString(CultureInfo.InvariantCulture)));
                text.AppendLine($"| {step.Network} | {(work == "infer" ? "volume" : $"step of {step.Batch} × ({string.Join('×', step.Crop)})")} | {string.Join('×', step.Volume)} "
                    + $"| {found.Wall(StepSide.Here)} {string.Concat(Against.Select(side => $"| {found.Wall(side)} | {found.Ratio(side, time => time.WallMs)} "))}| {memory} |");
            }
            finally
            {
                foreach (StepProcess side in sides.Values) side.Dispose();
            }
        }
    }
}
