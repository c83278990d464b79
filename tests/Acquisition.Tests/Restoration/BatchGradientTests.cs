using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;
using Acquisition.Restoration.Training;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Restoration;

public sealed class BatchGradientTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(NetworkVariant.Public)]
    [InlineData(NetworkVariant.Paper)]
    public void A_step_allocates_nothing_after_the_first(NetworkVariant variant)
    {
        using var steps = new Steps(variant, 1);
        steps.Run();
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 3; i++) steps.Run();

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Theory]
    [InlineData(NetworkVariant.Public)]
    [InlineData(NetworkVariant.Paper)]
    public void The_bits_do_not_depend_on_the_number_of_threads(NetworkVariant variant)
    {
        using Steps one = new(variant, 1), three = new(variant, 3);
        for (int i = 0; i < 3; i++)
        {
            one.Run();
            three.Run();
        }

        Assert.Equal(one.Parameters, three.Parameters);
    }

    /// <summary>Whole training steps on noise: crops, gradient, Adam.</summary>
    private sealed class Steps : IDisposable
    {
        private readonly FloatVolume _volume = Volumes.Random(new(12, 40, 40), 1);
        private readonly FloatVolume _weights = new(new(12, 40, 40));
        private readonly CompiledNetwork _network;
        private readonly CropSampler _sampler;
        private readonly BatchGradient _batch;
        private readonly Adam _adam;
        private readonly Crop[] _crops = new Crop[5];
        private readonly float[] _gradient;

        public Steps(NetworkVariant variant, int threads)
        {
            var factors = new Factors(2, 2, 2);
            var layout = new NetworkLayout(variant, factors);
            var random = new Random(3);
            for (int z = 0; z < _weights.Shape.Z; z++) _weights.Plane(z).Fill(1);
            _network = new CompiledNetwork(layout, KernelSet.Default, 4);
            _sampler = new CropSampler(_volume, factors, new RestorationOptions { Variant = variant, CropPlanes = 4, CropEdgePx = 32 }, random);
            Parameters = Initialisation.Draw(layout, 4, random);
            _gradient = new float[Parameters.Length];
            _adam = new Adam(Parameters.Length);
            _batch = new BatchGradient(
                _network, new(_volume, _weights, SampleRange.Of(_volume), _sampler.Shape, _sampler.MeanSquare, _crops.Length), threads);
        }

        public float[] Parameters { get; }

        public void Run()
        {
            for (int i = 0; i < _crops.Length; i++) _crops[i] = _sampler.Next();
            _network.Load(Parameters);
            _batch.Run(_crops, _gradient, Cancel);
            _adam.Step(Parameters, _gradient, 1e-3);
        }

        public void Dispose()
        {
            _batch.Dispose();
            _network.Dispose();
            _volume.Dispose();
            _weights.Dispose();
        }
    }
}
