using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Restoration;
using static TorchSharp.torch;

namespace Acquisition.Torch.Adversarial.DualHrgan;

/// <summary>Scores networks on held-out volumes that nobody has the truth of: by what comes back after a round trip, and by how much what networks make
/// looks like what was acquired.</summary>
internal sealed class DualHrganJudge
{
    /// <summary>Of held-out volumes so many coarse voxels across are looked at, in the middle, and as many of fine ones.</summary>
    private const int Edge = 48;

    private readonly ImmutableArray<float[]> _coarse;
    private readonly ImmutableArray<float[]> _fine;
    private readonly ImmutableArray<VolumeShape> _coarseShapes;
    private readonly ImmutableArray<VolumeShape> _fineShapes;
    private readonly Func<Tensor, Tensor> _detected;
    private readonly Device _device;

    /// <param name="detected">What a detector makes of the light of coarse volumes; the same each time.</param>
    public DualHrganJudge(
        ImmutableArray<FloatVolume> coarse, ImmutableArray<FloatVolume> fine, IntensityScale coarseScale, IntensityScale fineScale, Func<Tensor, Tensor> detected, Device device)
    {
        (_detected, _device) = (detected, device);
        (_coarse, _coarseShapes) = Middles(coarse, coarseScale, 1);
        (_fine, _fineShapes) = Middles(fine, fineScale, FineGrid.Finer);
    }

    /// <summary>Less the sum of the mean absolute errors of both round trips, these, and distances of made volumes from acquired ones, all in scaled units. Distances go up and
    /// down with what critics just want, by more than round trips still change when training ends, and do not count.</summary>
    public ImmutableArray<(string Name, double Value)> Score(FineGenerator restore, CoarseGenerator degrade)
    {
        double coarseCycle = 0, fineCycle = 0;
        var coarse = (Acquired: new List<Tensor>(), Made: new List<Tensor>());
        var fine = (Acquired: new List<Tensor>(), Made: new List<Tensor>());
        for (int i = 0; i < _coarse.Length; i++)
        {
            using var scope = NewDisposeScope();
            Tensor l = Coarse(i), restored = restore.call(l);
            coarseCycle += (degrade.call(restored) - l).abs().mean().item<float>() / _coarse.Length;
            coarse.Acquired.Add(PatchLikeness.Quantiles(l, 1).MoveToOuterDisposeScope());
            fine.Made.Add(PatchLikeness.Quantiles(restored, FineGrid.Finer).MoveToOuterDisposeScope());
        }

        for (int i = 0; i < _fine.Length; i++)
        {
            using var scope = NewDisposeScope();
            Tensor h = Fine(i), degraded = _detected(degrade.call(h));
            fineCycle += (restore.call(degraded) - h).abs().mean().item<float>() / _fine.Length;
            fine.Acquired.Add(PatchLikeness.Quantiles(h, FineGrid.Finer).MoveToOuterDisposeScope());
            coarse.Made.Add(PatchLikeness.Quantiles(degraded, 1).MoveToOuterDisposeScope());
        }

        double fineLikeness = PatchLikeness.Distance(fine.Made, fine.Acquired), coarseLikeness = PatchLikeness.Distance(coarse.Made, coarse.Acquired);
        return
        [
            ("score", -(coarseCycle + fineCycle)),
            ("coarse_cycle", coarseCycle),
            ("fine_cycle", fineCycle),
            ("fine_distance", fineLikeness),
            ("coarse_distance", coarseLikeness),
        ];
    }

    /// <summary>The brightest along z, then along y: what was acquired, restored and taken back; what looks as wanted, taken back and restored again.</summary>
    public ImmutableArray<ImmutableArray<PreviewImage>> Show(FineGenerator restore, CoarseGenerator degrade)
    {
        Tensor l = Coarse(0), h = Fine(0), restored = restore.call(l), degraded = _detected(degrade.call(h));
        (string, Tensor)[] there = [("input", FineGrid.Repeated(l)), ("restored", restored), ("taken back", FineGrid.Repeated(degrade.call(restored)))];
        (string, Tensor)[] back = [("target", h), ("taken back", FineGrid.Repeated(degraded)), ("restored", restore.call(degraded))];
        return [Row(there, 2), Row(there, 3), Row(back, 2), Row(back, 3)];
    }

    private static ImmutableArray<PreviewImage> Row((string Name, Tensor Volume)[] volumes, int axis) =>
        [.. volumes.Select(volume => Brightest(volume.Name, volume.Volume, axis))];

    private static PreviewImage Brightest(string name, Tensor volume, int axis)
    {
        Tensor image = volume.amax(0, 1, axis).clamp(0, 1).cpu().contiguous();
        return new PreviewImage(name, (int)image.shape[0], (int)image.shape[1], HostTensors.Samples(image).ToArray());
    }

    /// <summary>The middles of volumes, scaled, whole coarse voxels.</summary>
    private static (ImmutableArray<float[]> Samples, ImmutableArray<VolumeShape> Shapes) Middles(ImmutableArray<FloatVolume> volumes, IntensityScale scale, int finer)
    {
        var samples = ImmutableArray.CreateBuilder<float[]>();
        var shapes = ImmutableArray.CreateBuilder<VolumeShape>();
        foreach (FloatVolume volume in volumes)
        {
            var shape = new VolumeShape(Extent(volume.Shape.Z), Extent(volume.Shape.Y), Extent(volume.Shape.X));
            var sampler = new PatchSampler([volume], scale, shape);
            var middle = new float[shape.Voxels];
            var at = new PatchPlace(
                0, (volume.Shape.Z - shape.Z) / 2, (volume.Shape.Y - shape.Y) / 2, (volume.Shape.X - shape.X) / 2, false, false, false, false);
            sampler.Cut(at, middle);
            samples.Add(middle);
            shapes.Add(shape);
        }

        return (samples.ToImmutable(), shapes.ToImmutable());

        int Extent(int extent) => extent < finer
            ? throw new RestorationException($"A volume of {extent} voxel(s) along an axis is less than a voxel of the coarse grid.")
            : Math.Min(extent / finer, Edge) * finer;
    }

    private Tensor Coarse(int i) => Placed(_coarse[i], _coarseShapes[i]);

    private Tensor Fine(int i) => Placed(_fine[i], _fineShapes[i]);

    private Tensor Placed(float[] samples, VolumeShape shape) => tensor(samples).reshape(1, 1, shape.Z, shape.Y, shape.X).to(_device);
}
