using System.Text.Json;
using Acquisition.Core;
using Acquisition.Restoration.Benchmarking;

namespace Acquisition.Benchmarks.Torch;

/// <summary>The engine's side as a process of its own: it answers as TorchSteps.py does.</summary>
internal static class StepChild
{
    public static int Run(string json)
    {
        StepCase step = StepCase.Parse(json);
        using var watch = new DeviceWatch(step.Device);
        using IStepWork work = step.Network == StepNetwork.IsoNet2 ? new IsoNet2Work(step) : new SelfVisionWork(step);
        Answer(new { name = $"libtorch {TorchSharp.torch.__version__}", parameters = work.Parameters });
        while (Console.ReadLine() is { } line)
        {
            string[] words = line.Split(' ');
            if (words[0] == "memory")
            {
                Answer(new { bytes = watch.PeakBytes });
                continue;
            }
            try
            {
                var times = new RunTime[int.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture)];
                for (int i = 0; i < times.Length; i++) times[i] = RunTime.Once(words[0] == "step" ? work.Step : work.Infer);
                Answer(new { processor_ms = times.Select(time => time.ProcessorMs), wall_ms = times.Select(time => time.WallMs) });
            }
            catch (Exception failure) when (failure is RestorationException or Acquisition.Torch.DeviceException)
            {
                Answer(new { error = failure.Message });
            }
        }
        return 0;

        static void Answer(object answer) => Console.WriteLine(JsonSerializer.Serialize(answer));
    }
}
