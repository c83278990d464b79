using Acquisition.Core;
using Acquisition.Restoration;

namespace Acquisition.Torch.Adversarial;

/// <summary>What stands in for predictions: planes as they came, or linear interpolation to a grid that is a whole number of times finer.</summary>
/// <remarks>Samples are means over their voxels, so fine sample j stands at (j + ½) / n − ½; beyond the border the outermost sample goes on.</remarks>
internal sealed class UnpredictedStream(VolumeShape shape, int finer, PlaneReceiver receiver) : IPlaneRestorer
{
    private readonly FloatVolume _acquired = new(shape);
    private readonly float[] _plane = new float[shape.PlaneVoxels];
    private readonly float[] _fine = new float[checked(shape.PlaneVoxels * finer * finer)];
    private readonly double[] _means = new double[shape.PlaneVoxels];
    private int _pushed;
    private double _squares;

    public void Push(ReadOnlySpan<float> plane, bool nextAtHand, CancellationToken cancellation)
    {
        if (plane.Length != shape.PlaneVoxels)
            throw new ArgumentException($"The plane has {plane.Length} samples; one of a {shape} volume has {shape.PlaneVoxels}.", nameof(plane));
        if (_pushed == shape.Z)
            throw new InvalidOperationException($"The volume has all its {_pushed} planes. Complete it, and reset the stream for another one.");
        plane.CopyTo(_acquired.Plane(_pushed++));
        if (finer == 1) receiver(_pushed - 1, plane);
        else if (_pushed == shape.Z) Enlarge(cancellation);
    }

    public double Complete() => _pushed == shape.Z ? Math.Sqrt(_squares / shape.Voxels) : throw new InvalidOperationException($"Only {_pushed} of {shape.Z} planes have come.");

    public void Reset() => (_pushed, _squares) = (0, 0);

    public void Dispose() => _acquired.Dispose();

    private void Enlarge(CancellationToken cancellation)
    {
        for (int z = 0; z < shape.Z * finer; z++)
        {
            cancellation.ThrowIfCancellationRequested();
            var (below, above, share) = Between(z, shape.Z);
            ReadOnlySpan<float> a = _acquired.Plane(below), b = _acquired.Plane(above);
            for (int i = 0; i < _plane.Length; i++) _plane[i] = a[i] + share * (b[i] - a[i]);
            for (int y = 0; y < shape.Y * finer; y++)
            {
                var (top, bottom, down) = Between(y, shape.Y);
                for (int x = 0; x < shape.X * finer; x++)
                {
                    var (left, right, across) = Between(x, shape.X);
                    float upper = Row(top, left, right, across), lower = Row(bottom, left, right, across);
                    _fine[y * shape.X * finer + x] = upper + down * (lower - upper);
                }
            }

            receiver(z, _fine);
            Compare(z);
        }
    }

    /// <summary>Brings fine planes back to the acquired grid by means over voxels.</summary>
    private void Compare(int z)
    {
        double share = 1.0 / (finer * finer * finer);
        for (int y = 0; y < shape.Y * finer; y++)
        {
            for (int x = 0; x < shape.X * finer; x++) _means[y / finer * shape.X + x / finer] += share * _fine[y * shape.X * finer + x];
        }

        if ((z + 1) % finer != 0) return;
        ReadOnlySpan<float> acquired = _acquired.Plane(z / finer);
        for (int i = 0; i < _means.Length; i++) _squares += (acquired[i] - _means[i]) * (acquired[i] - _means[i]);
        Array.Clear(_means);
    }

    private float Row(int y, int left, int right, float across) =>
        _plane[y * shape.X + left] + across * (_plane[y * shape.X + right] - _plane[y * shape.X + left]);

    private (int Below, int Above, float Share) Between(int fine, int extent)
    {
        double at = (fine + 0.5) / finer - 0.5;
        int below = (int)Math.Floor(at);
        return (Math.Clamp(below, 0, extent - 1), Math.Clamp(below + 1, 0, extent - 1), (float)(at - below));
    }
}
