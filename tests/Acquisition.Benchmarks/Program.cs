// Times whole training steps and whole-volume inference of both networks, in turn with PyTorch (A B A B), and prints a table:
//   Acquisition.Benchmarks [rounds] [threads]          default 5 and 1
// Seconds of the processor count, not of the clock, when there is one thread: machines are shared. Needs Debian's python3-torch for
// the comparison, and leaves it out where that is absent.
using System.Globalization;
using Acquisition.Benchmarks;
using Acquisition.Core;
using Acquisition.Restoration;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
int rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 5;
int threads = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1;
var factors = new Factors(2, 2, 2);

Console.WriteLine($"{Machine.Processor}, {Environment.ProcessorCount} processors, .NET {Environment.Version}, {threads} thread(s), {new CpuEngine().Name}, medians of {rounds} rounds");
Console.WriteLine();
Console.WriteLine($"| network | what | ours, ms {Machine.Clock(threads)} | GFLOP/s | PyTorch, ms | ratio of medians | ratio, lowest to highest round |");
Console.WriteLine("|---|---|---|---|---|---|---|");
foreach (NetworkVariant variant in (NetworkVariant[])[NetworkVariant.Public, NetworkVariant.Paper])
{
    var steps = new Series("training step, 8 crops of 4×32×32");
    var volumes = new Series("inference, 32×128×128");
    using var work = new EngineWork(variant, factors, threads);
    work.Step(); // the first of each compiles and allocates
    work.Infer();
    for (int round = 0; round < rounds; round++)
    {
        double step = Machine.Median(5, threads, work.Step), volume = Machine.Median(3, threads, work.Infer);
        (double Step, double Volume)? torch = Torch.Measure(variant, factors, threads);
        steps.Add(step, torch?.Step);
        volumes.Add(volume, torch?.Volume);
    }

    Console.WriteLine(steps.Row(variant, work.StepFlops));
    Console.WriteLine(volumes.Row(variant, work.InferFlops));
}
