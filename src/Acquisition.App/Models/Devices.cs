using System.Runtime.InteropServices;
using Acquisition.App.Configuration;
using Acquisition.Restoration;
using Acquisition.Torch;

namespace Acquisition.App.Models;

/// <summary>Finds what computes.</summary>
internal static class Devices
{
    private const string Cuda = "cuda";

    /// <summary>The device of libtorch that the options come to; <see langword="null"/> where this program's own kernels are better.</summary>
    public static string? ForSelfVision(ComputeOptions options) => options switch
    {
        { Engine: EngineChoice.Torch } => ForTorch(options),
        { Engine: EngineChoice.Cpu } or { Device: ComputeOptions.Cpu } => null,
        { Device: ComputeOptions.Auto } => HasCuda() ? Cuda : null,
        _ => options.Device,
    };

    /// <summary>The device for what libtorch has to compute.</summary>
    public static string ForTorch(ComputeOptions options) =>
        options.Device != ComputeOptions.Auto ? options.Device : HasCuda() ? Cuda : ComputeOptions.Cpu;

    /// <summary>Faults of the options by themselves, without looking at the machine where that is not asked for.</summary>
    public static IEnumerable<(string Path, string Message)> Check(ComputeOptions options)
    {
        bool isCard = options.Device is not (ComputeOptions.Auto or ComputeOptions.Cpu);
        if (options.Engine == EngineChoice.Cpu && isCard)
            yield return ("restoration.device", $"is {options.Device}, which takes restoration.engine auto or torch");
        else if ((options.Engine == EngineChoice.Torch || isCard) && TorchEngine.WhyUnavailable(ForTorch(options)) is { } why)
            yield return (isCard ? "restoration.device" : "restoration.engine", $"is {(isCard ? options.Device : "torch")}: {why.TrimEnd('.')}");
    }

    /// <summary>Faults of the options for a model that has no kernels of this program's own.</summary>
    public static IEnumerable<(string Path, string Message)> CheckTorchOnly(AppConfig config)
    {
        string model = config.Restoration.Model;
        if (config.Compute.Engine == EngineChoice.Cpu)
            yield return ("restoration.engine", $"is cpu, and {model} runs on libtorch only; write auto or torch");
        else if (TorchEngine.WhyUnavailable(ForTorch(config.Compute)) is { } why)
            yield return ("restoration.model", $"is {model}, which runs on libtorch: {why.TrimEnd('.')}");
    }

    /// <param name="tell">Told when a graphics card was given up.</param>
    public static IRestorationEngine OpenSelfVision(ComputeOptions options, Action<string> tell) =>
        ForSelfVision(options) is { } device ? new TorchEngine(device, tell) : new CpuEngine();

    /// <summary>Looks for the driver first: libtorch itself takes a second to load.</summary>
    private static bool HasCuda()
    {
        if (!NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1", out nint driver)) return false;
        NativeLibrary.Free(driver);
        return TorchEngine.WhyUnavailable(Cuda) is null;
    }
}
