using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Backends;
using Acquisition.Restoration.Network;
using Acquisition.Restoration.Threading;
using Acquisition.Restoration.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Acquisition.Torch;

/// <summary>Loss and gradient of a batch by libtorch's automatic differentiation, all crops at once.</summary>
internal sealed class TorchGradient : IBatchGradient
{
    private readonly NetworkLayout _layout;
    private readonly TrainingSet _set;
    private readonly Device _device;
    private readonly ThreadBudget _budget;
    private readonly TorchLayers _layers;
    private readonly WorkTeam _team;
    private readonly Lesson[] _lessons;
    private readonly Tensor _coarse;
    private readonly Tensor _detail;
    private readonly Tensor _weights;
    private readonly VolumeShape _small;
    private int _atOnce;

    public TorchGradient(NetworkLayout layout, TrainingSet set, Device device, int threads, ThreadBudget budget)
    {
        (_layout, _set, _device, _budget, _atOnce) = (layout, set, device, budget, set.BatchSize);
        _layers = new TorchLayers(layout, device);
        _team = new WorkTeam(Math.Min(threads, set.BatchSize), budget);
        _lessons = [.. Enumerable.Range(0, _team.Threads).Select(_ => new Lesson(set, layout.Factors))];
        _small = Resampling.ShrunkShape(set.Crop, layout.Factors);
        VolumeShape crop = set.Crop;
        _coarse = HostTensors.Empty([set.BatchSize, 1, _small.Z, _small.Y, _small.X], device).DetachFromDisposeScope();
        _detail = HostTensors.Empty([set.BatchSize, 1, crop.Z, crop.Y, crop.X], device).DetachFromDisposeScope();
        _weights = HostTensors.Empty([set.BatchSize, 1, crop.Z, crop.Y, crop.X], device).DetachFromDisposeScope();
    }

    public double Run(ReadOnlySpan<Crop> crops, ReadOnlySpan<float> parameters, Span<float> gradient, CancellationToken cancellation)
    {
        Crop[] boxes = crops.ToArray();
        _team.Run(boxes.Length, (sample, thread) => Fill(boxes[sample], sample, thread), cancellation);
        TorchThreads.Use(_team.Threads, _budget);

        float[] stored = parameters.ToArray();
        gradient.Clear();
        double loss = 0;
        for (int start = 0; start < boxes.Length;)
        {
            cancellation.ThrowIfCancellationRequested();
            int first = start, count = Math.Min(_atOnce, boxes.Length - start);
            try
            {
                var (part, slope) = DeviceException.Guard(() => Differentiate(stored, first, count));
                for (int i = 0; i < slope.Length; i++) gradient[i] += slope[i];
                loss += part;
                start += count;
            }
            catch (DeviceException failure) when (failure.IsOutOfMemory && count > 1)
            {
                _atOnce = count / 2;
            }
        }
        return loss;
    }

    public void Dispose()
    {
        _team.Dispose();
        foreach (Lesson lesson in _lessons) lesson.Dispose();
        _coarse.Dispose();
        _detail.Dispose();
        _weights.Dispose();
        _layers.Dispose();
    }

    private unsafe void Fill(Crop box, int sample, int thread)
    {
        Lesson lesson = _lessons[thread];
        lesson.Take(box);
        Copy(lesson.Coarse, _coarse);
        Copy(lesson.Detail, _detail);
        Copy(lesson.Weights, _weights);

        void Copy(FloatVolume from, Tensor to)
        {
            int length = checked((int)from.Shape.Voxels);
            new ReadOnlySpan<float>(from.Memory, length).CopyTo(HostTensors.Samples(to).Slice(sample * length, length));
        }
    }

    private (double Loss, float[] Gradient) Differentiate(float[] stored, int first, int count)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor parameters = tensor(stored, device: _device).requires_grad_();
        Tensor input = Part(_coarse, first, count), wanted = Phases(Part(_detail, first, count)), weights = Phases(Part(_weights, first, count));
        Tensor found = TorchLayers.Forward(_layers.Of(parameters), input);
        Tensor outer;
        Tensor loss;
        using (no_grad())
        {
            Tensor error = found.detach().sub(wanted);
            outer = error.mul(weights).mul_(2 * _set.LossScale);
            loss = error.mul_(outer).sum();
        }
        Tensor gradient = autograd.grad([found], [parameters], [outer])[0].cpu();
        return (0.5 * loss.cpu().item<float>(), HostTensors.Samples(gradient).ToArray());
    }

    private Tensor Part(Tensor host, int first, int count) => host.narrow(0, first, count).to(_device, non_blocking: true);

    /// <summary>A batch on the fine grid as phases on the coarse one.</summary>
    private Tensor Phases(Tensor fine)
    {
        Factors f = _layout.Factors;
        long n = fine.shape[0];
        return fine.view(n, _small.Z, f.Z, _small.Y, f.Y, _small.X, f.X).permute(0, 2, 4, 6, 1, 3, 5)
            .reshape(n, f.Product, _small.Z, _small.Y, _small.X);
    }
}
