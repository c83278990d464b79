// Measures the engine and commits to paper what comes of it: each mode replaces its section of results/<processor>.md.
//   Acquisition.Benchmarks kernels                     every layer shape of both networks, with BenchmarkDotNet; further arguments are its own
//   Acquisition.Benchmarks steps [rounds] [threads]    whole training steps and inference, in turn with PyTorch; default 5 and all processors
//   Acquisition.Benchmarks paper [steps]               the job that He et al. 2023 give times for; default 1500
//   Acquisition.Benchmarks conditioning [rounds]       each correction of one volume; default 20
//   Acquisition.Benchmarks lucy [rounds]               one volume deconvolved, in turn with scikit-image; default 3
//   Acquisition.Benchmarks torch [rounds] [threads]    training steps through libtorch, in turn with PyTorch; default 21 and 1
//   Acquisition.Benchmarks card DEVICE [volumes]       the Torch engine on a device, in turn with PyTorch, printed only; default 1,000
//   Acquisition.Benchmarks ingest FOLDER [rounds] [volumes]   frames flat out into a run below FOLDER, in turn with a receiver that only writes; default 3 and 16
//   Acquisition.Benchmarks latency FOLDER [case] [volumes]    last frame sent to restored volume received, run below FOLDER; default all cases and 200
//   Acquisition.Benchmarks isolation FOLDER [rounds] [volumes]   raw storage beside restoration that is slow, stalls, throws or tunes; default 5 and 300
//   Acquisition.Benchmarks viewers FOLDER [rounds] [volumes]     raw storage and restoration while none, one, ten look, and one whose connection stalls; default 5 and 100
//   Acquisition.Benchmarks screen FOLDER [volumes]               restored volume finished to its pixels in a browser; default 30
//   Acquisition.Benchmarks soak FOLDER [volumes]              what the program holds over many small volumes; default 10,000
//   Acquisition.Benchmarks fuzz COUNT|SECONDSs [seed]         changed messages through the wire decoder, as many or for so long; default seed 1
using System.Globalization;
using Acquisition.Benchmarks;
using Acquisition.Benchmarks.Live;
using Acquisition.Benchmarks.Torch;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["kernels", .. string[] rest]:
        return KernelMode.Run(rest);
    case ["steps", .. string[] rest] when Numbers(rest, 2) is { } numbers:
        return StepMode.Run(numbers.ElementAtOrDefault(0), numbers.ElementAtOrDefault(1));
    case ["paper", .. string[] rest] when Numbers(rest, 1) is { } numbers:
        return PaperMode.Run(numbers.ElementAtOrDefault(0));
    case ["conditioning", .. string[] rest] when Numbers(rest, 1) is { } numbers:
        return ConditioningMode.Run(numbers.ElementAtOrDefault(0));
    case ["lucy", .. string[] rest] when Numbers(rest, 1) is { } numbers:
        return LucyMode.Run(numbers.ElementAtOrDefault(0));
    case ["torch", .. string[] rest] when Numbers(rest, 2) is { } numbers:
        return TorchMode.Run(numbers.ElementAtOrDefault(0), numbers.ElementAtOrDefault(1));
    case ["card", string device, .. string[] rest] when Numbers(rest, 1) is { } numbers:
        return CardMode.Run(device, numbers.ElementAtOrDefault(0));
    case ["ingest", string folder, .. string[] rest] when Numbers(rest, 2) is { } numbers:
        return IngestMode.Run(folder, numbers.ElementAtOrDefault(0) ?? 3, numbers.ElementAtOrDefault(1) ?? 16);
    case ["latency", string folder, .. string[] rest] when Numbers(rest, 2) is { } numbers:
        return LatencyMode.Run(folder, numbers.ElementAtOrDefault(0), numbers.ElementAtOrDefault(1));
    case ["isolation", string folder, .. string[] rest] when Numbers(rest, 2) is { } numbers:
        return await IsolationMode.RunAsync(folder, numbers.ElementAtOrDefault(0) ?? 5, numbers.ElementAtOrDefault(1) ?? 300);
    case ["viewers", string folder, .. string[] rest] when Numbers(rest, 2) is { } numbers:
        return ViewersMode.Run(folder, numbers.ElementAtOrDefault(0) ?? 5, numbers.ElementAtOrDefault(1) ?? 100);
    case ["screen", string folder, .. string[] rest] when Numbers(rest, 1) is { } numbers:
        return await ScreenMode.RunAsync(folder, numbers.ElementAtOrDefault(0) ?? 30);
    case ["soak", string folder, .. string[] rest] when Numbers(rest, 1) is { } numbers:
        return SoakMode.Run(folder, numbers.ElementAtOrDefault(0) ?? 10_000);
    case ["fuzz", string extent, .. string[] rest] when Numbers(rest, 1) is { } numbers && FuzzMode.Run(extent, numbers.ElementAtOrDefault(0) ?? 1) is { } code:
        return code;
    // The other side of a measurement, as a process of its own.
    case ["torch-work", string step]:
        return StepChild.Run(step);
    case ["send", string address, string load]:
        return SendChild.Run(address, load);
    case ["listen", string address]:
        return ListenChild.Run(address);
    case ["receive", string address, string folder, string planes, string access]:
        return ReceiveChild.Run(address, folder, int.Parse(planes, CultureInfo.InvariantCulture), isDirect: access == "direct");
    case ["watch", string page, string readers, string stalled]:
        return await WatchChild.RunAsync(page, int.Parse(readers, CultureInfo.InvariantCulture), int.Parse(stalled, CultureInfo.InvariantCulture));
    default:
        Console.Error.WriteLine(
            "usage: Acquisition.Benchmarks kernels [options of BenchmarkDotNet] | steps [rounds] [threads] | paper [steps] | conditioning [rounds] | lucy [rounds] | torch [rounds] [threads] | card DEVICE [volumes] | ingest FOLDER [rounds] [volumes] | latency FOLDER [case] [volumes] "
            + "| isolation FOLDER [rounds] [volumes] | viewers FOLDER [rounds] [volumes] | screen FOLDER [volumes] | soak FOLDER [volumes] | fuzz COUNT|SECONDSs [seed]");
        return 2;
}

static int?[]? Numbers(string[] texts, int most)
{
    int?[] numbers = [.. texts.Select(text => int.TryParse(text, out int number) && number > 0 ? number : (int?)null)];
    return numbers.Length <= most && !numbers.Contains(null) ? numbers : null;
}
