using System.Globalization;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Torch;
using TorchSharp;

namespace Acquisition.Benchmarks.Torch;

/// <summary>Many small volumes one after the other, and what is held meanwhile on the device and by the process.</summary>
internal sealed class Endurance
{
    /// <summary>Of growth over the second half that counts as none: what caches do.</summary>
    private const long Tolerance = 4 << 20;

    private const int Samples = 20;

    private static readonly Factors Factors = new(2, 2, 2);

    private readonly List<(int Volumes, long Tensors, long Device, long Resident)> _samples = [];
    private string _engine = "";

    /// <summary>Whether from half of the volumes on nothing more was held.</summary>
    public bool IsFlat => _samples[^1].Tensors == Half.Tensors && Grown(s => s.Device) <= Tolerance && Grown(s => s.Resident) <= Tolerance;

    private (int Volumes, long Tensors, long Device, long Resident) Half => _samples[_samples.Count / 2];

    public static Endurance Run(string device, int volumes, int threads)
    {
        var endurance = new Endurance();
        var engine = new TorchEngine(device, Console.Error.WriteLine);
        var options = new RestorationOptions { Ensemble = false, BackProjections = 1, Threads = threads };
        TunedModel model = Volumes.Model(Factors);
        using FloatVolume acquired = Volumes.Random(new(6, 32, 32)), restored = new(acquired.Shape.Times(Factors));
        for (int volume = 1; volume <= volumes; volume++)
        {
            engine.Restore(model, acquired, Factors, 0, options, restored, out _, CancellationToken.None);
            if (volume % Math.Max(1, volumes / Samples) == 0) endurance.Look(volume, device);
        }
        endurance._engine = engine.Name;
        return endurance;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"""
        ## {_samples[^1].Volumes} volumes, {_engine}

        | volumes | tensors | free on the card, MiB | resident, MiB |
        |---|---|---|---|
        {Row(_samples[0])}
        {Row(Half)}
        {Row(_samples[^1])}

        {(IsFlat ? "Flat" : "NOT FLAT")}: from half of them on {Grown(s => s.Device) / 1048576.0:0.0} MiB less free on the card, {Grown(s => s.Resident) / 1048576.0:0.0} MiB more resident; {Tolerance >> 20} are allowed.
        """);

    private static string Row((int Volumes, long Tensors, long Device, long Resident) sample) =>
        string.Create(CultureInfo.InvariantCulture, $"| {sample.Volumes} | {sample.Tensors} | {-sample.Device / 1048576.0:0.0} | {sample.Resident / 1048576.0:0.0} |");

    private long Grown(Func<(int Volumes, long Tensors, long Device, long Resident), long> of) => of(_samples[^1]) - of(Half);

    private void Look(int volume, string device)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        _samples.Add((volume, torch.Tensor.TotalCount, device == "cpu" ? 0 : -(DeviceMemory.FreeBytes(new torch.Device(device)) ?? 0), Environment.WorkingSet));
    }
}
