using System.Runtime.InteropServices;
using System.Text.Json;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Tests.Support;
using Acquisition.Torch;
using Acquisition.Torch.Adversarial;
using Acquisition.Torch.Adversarial.DualHrgan;
using TorchSharp;
using static TorchSharp.torch;

namespace Acquisition.Tests.Torch.Adversarial.DualHrgan;

/// <summary>Tiny networks and volumes for the tests beside it, and the way to tests/oracles/dual_hrgan.py.</summary>
internal sealed class DualHrganCase : IDisposable
{
    private readonly RestorationOracle _oracle = new();

    public DualHrganCase(DualHrganSettings settings)
    {
        Settings = settings;
        Restore = new FineGenerator(settings);
        Degrade = new CoarseGenerator(settings);
        FineCritic = PatchCritic.Fine(settings);
        CoarseCritic = PatchCritic.Coarse(settings);
        var random = new Random(3);
        using IDisposable frozen = no_grad();
        // Biases and lengths of 0 would hide what they are for.
        foreach (var (_, network) in Networks)
        {
            foreach (var (_, tensor) in network.state_dict())
            {
                foreach (ref float value in HostTensors.Samples(tensor)) value = 0.6f * (random.NextSingle() - 0.45f);
            }

            network.to(Placed);
        }
    }

    /// <summary>As the preset has it with stride first, on small nets.</summary>
    public static DualHrganSettings Tiny { get; } = DualHrganSettings.Of(TrainingPreset.Small) with
    {
        Features = 4,
        Expanded = 12,
        Reduced = 3,
        Blocks = 2,
        AddsMeans = true,
        CoarseFeatures = 3,
        FineCriticFeatures = [2, 3, 4],
        CoarseCriticFeatures = [2, 3, 4],
        BlockEdge = 10,
        Margin = 1,
        Batch = 2,
        CoarseBatch = 3,
        FineCriticSteps = 1,
        CoarseCriticSteps = 2,
        DegradationCriticSteps = 3,
        CycleSteps = 2,
        BlurWeight = 0,
    };

    /// <summary>As the paper has it.</summary>
    public static DualHrganSettings TinyPaper { get; } = Tiny with
    {
        AddsEnlarged = false,
        AddsMeans = false,
        CoarseSlope = 0.2,
        StridesFirst = false,
        Margin = 0,
        FineAdversaryWeight = 10,
        CoarseAdversaryWeight = 10,
        AdversaryIsPerVoxel = false,
        FineCycleMovesDegradation = true,
        CycleSteps = 0,
        CycleWeight = 1,
    };

    public static Device Placed => TorchDevice.Open(TorchCases.Device);

    public DualHrganSettings Settings { get; }

    public FineGenerator Restore { get; }

    public CoarseGenerator Degrade { get; }

    public PatchCritic FineCritic { get; }

    public PatchCritic CoarseCritic { get; }

    public (string Name, nn.Module Network)[] Networks =>
        [("generator", Restore), ("degradation", Degrade), ("fine_critic", FineCritic), ("coarse_critic", CoarseCritic)];

    /// <summary>Somewhere between 0 and 1, [2, 1, z, y, x].</summary>
    public static Tensor Volume(int seed, int z, int y, int x)
    {
        var random = new Random(seed);
        return tensor([.. Enumerable.Range(0, 2 * z * y * x).Select(_ => random.NextSingle())]).reshape(2, 1, z, y, x).to(Placed);
    }

    public static float[] Samples(Tensor values) => HostTensors.Samples(values.detach().cpu().contiguous()).ToArray();

    /// <summary>What a model made of these networks would be.</summary>
    public OfflineModel Model()
    {
        using FloatVolume volume = Volumes.Random(new VolumeShape(2, 2, 2), 1);
        var voxel = new VoxelSize { ZUm = 3, YUm = 3, XUm = 3 };
        LibraryCard library = LibraryCard.Of([volume], voxel, null, null);
        SafeTensor[] tensors = [.. NetworkState.Of("generator", Restore), .. NetworkState.Of("degradation", Degrade)];
        var card = new ModelCard
        {
            Method = ModelNames.DualHrgan,
            Preset = TrainingPreset.Small,
            Steps = 1,
            Seed = 1,
            Input = library,
            Target = library,
            Settings = Settings.ToCard(),
            Scores = System.Collections.Immutable.ImmutableSortedDictionary<string, double>.Empty,
        };
        return new OfflineModel(card, System.Collections.Immutable.ImmutableSortedDictionary.CreateRange(
            StringComparer.Ordinal, tensors.Select(tensor => KeyValuePair.Create(tensor.Name, tensor))));
    }

    /// <summary>Asks the oracle.</summary>
    /// <param name="consistency">Weight of the agreement of means.</param>
    public void Ask(string task, double consistency, params (string Name, Tensor Values)[] volumes)
    {
        foreach (var (name, network) in Networks) Write(name, [.. network.state_dict().Values.SelectMany(Samples)]);
        foreach (var (name, values) in volumes) Write(name, Samples(values));
        var job = new Dictionary<string, object>
        {
            ["task"] = task,
            ["settings"] = new Dictionary<string, object>
            {
                ["skip"] = Settings.AddsEnlarged, ["means"] = Settings.AddsMeans, ["strides_first"] = Settings.StridesFirst, ["slope"] = Settings.CoarseSlope, ["fine_adversary"] = Settings.FineAdversaryWeight,
                ["coarse_adversary"] = Settings.CoarseAdversaryWeight, ["per_voxel"] = Settings.AdversaryIsPerVoxel, ["cycle"] = Settings.CycleWeight,
                ["margin"] = Settings.Margin, ["penalty"] = Settings.PenaltyWeight, ["consistency"] = consistency, ["held"] = Settings.BlurWeight,
            },
            ["weights"] = Networks.ToDictionary(
                network => network.Name, network => network.Network.state_dict().Select(tensor => new object[] { tensor.Key, tensor.Value.shape }).ToArray()),
            ["volumes"] = volumes.ToDictionary(volume => volume.Name, volume => volume.Values.shape),
        };
        File.WriteAllText(Path.Combine(_oracle.Folder, "job.json"), JsonSerializer.Serialize(job));
        RestorationOracle.RunScript("dual_hrgan.py", _oracle.Folder);
    }

    public float[] Answer(string name) => _oracle.Floats(name);

    public void Dispose()
    {
        foreach (var (_, network) in Networks) network.Dispose();
        _oracle.Dispose();
    }

    private void Write(string name, float[] values) => File.WriteAllBytes(Path.Combine(_oracle.Folder, name + ".f32"), MemoryMarshal.AsBytes<float>(values));
}
