using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Isotropy;
using Acquisition.Torch.Isotropy;
using TorchSharp.Modules;

namespace Acquisition.Benchmarks.Torch;

/// <summary>IsoNet-2 as it is trained: patches drawn from planes, loss, gradient and Adam.</summary>
internal sealed class IsoNet2Work : IStepWork
{
    private const double Ratio = 4;

    private readonly NetworkTraining _training;
    private readonly Adam _adam;

    public IsoNet2Work(StepCase step)
    {
        using FloatVolume stack = Volumes.Random(new VolumeShape(6, 2 * step.Crop[1], 2 * step.Crop[2]));
        var options = new IsotropicOptions { Network = IsotropicNetwork.IsoNet2, Batch = step.Batch, PatchPx = step.Crop[1], Threads = step.Threads, Device = step.Device };
        var planes = new TrainingPlanes(stack, StackScale.Measure(stack), PointSpreadFunction.FromGaussian(1, 3, 1), Ratio, options, CancellationToken.None);
        _training = new NetworkTraining(planes, options);
        _adam = _training.Begin();
    }

    public int Parameters => NetworkPlan.Of(IsotropicNetwork.IsoNet2).Count;

    public void Step() => _training.Step(_adam);

    public void Infer() => throw new NotSupportedException("Only its steps are measured.");

    public void Dispose()
    {
        _adam.Dispose();
        _training.Dispose();
    }
}
