using System.Diagnostics;
using Acquisition.Core;
using Acquisition.Restoration.Sampling;
using Acquisition.Restoration.Threading;

namespace Acquisition.Restoration.Streaming;

/// <summary>All rounds of back-projection at once on a volume that comes plane by plane: each round follows the one before it as
/// closely as its taps allow. Planes leave in order, each as soon as its last round can be run.</summary>
/// <remarks>
/// y is changed in place, in a ring of <see cref="AxisSchedule.FinePlanesUnderWay"/> fine planes. Beside it each round holds, in planes
/// of the acquired extent, 2 where z is not undersampled, 13 for a factor of 2 and 23 for 4. No allocation while it runs.
/// </remarks>
internal sealed unsafe class ProjectionCascade : IDisposable
{
    private readonly FloatVolume _acquired;
    private readonly float _floor;
    private readonly PlaneReceiver _receiver;
    private readonly AxisSchedule _schedule;
    private readonly RowBands _bands;
    private readonly PlaneRing _fine;
    private readonly ProjectionRound[] _rounds;
    private readonly double[] _rowSquares;
    private readonly Action<int, int> _projectBand;
    private readonly Action<int, int> _compareBand;
    private int _arrived;
    private double _squares;

    // The step under way: its round, and the planes it makes.
    private int _round;
    private int _firstFine;
    private int _endFine;
    private int _firstResidual;
    private int _endResidual;

    /// <param name="acquired">x; its planes must be there when fine planes that lie on them arrive. Outlives the cascade.</param>
    /// <param name="whole">Where y is to stand, of the fine shape; <see langword="null"/> for a ring of its own.</param>
    /// <param name="receiver">Is given each finished plane once, in order, on the thread that accepts.</param>
    public ProjectionCascade(
        FloatVolume acquired, VolumeShape fine, Factors factors, int rounds, float floor, WorkTeam team, FloatVolume? whole,
        PlaneReceiver receiver)
    {
        Resampling.RequireGrids(acquired.Shape, fine, factors);
        _acquired = acquired;
        _floor = floor;
        _receiver = receiver;
        _schedule = new AxisSchedule(acquired.Shape.Z, fine.Z, factors.Z);
        _bands = new RowBands(team, acquired.Shape, fine, factors);
        _fine = whole is null ? new PlaneRing(_schedule.FinePlanesUnderWay(rounds), fine.PlaneVoxels) : new PlaneRing(whole);
        _rounds = [.. Enumerable.Range(0, rounds + 1).Select(i => new ProjectionRound(_schedule, acquired.Shape.PlaneVoxels, i == rounds))];
        _rowSquares = new double[acquired.Shape.Y];
        _projectBand = ProjectBand;
        _compareBand = CompareBand;
    }

    /// <summary>Root mean square of x − D(y) after the last round, once all planes have arrived.</summary>
    public double ResidualRms => Math.Sqrt(_squares / _acquired.Shape.Voxels);

    public int Arrived => _arrived;

    /// <summary>Bytes of planes that a cascade with a ring of its own holds.</summary>
    public static long Bytes(VolumeShape coarse, VolumeShape fine, Factors factors, int rounds)
    {
        var schedule = new AxisSchedule(coarse.Z, fine.Z, factors.Z);
        long fineVoxels = (long)schedule.FinePlanesUnderWay(rounds) * fine.PlaneVoxels;
        return checked(sizeof(float) * (fineVoxels + coarse.PlaneVoxels * ((rounds + 1L) * schedule.FineInUse + (long)rounds * schedule.CoarseInUse + 1)));
    }

    /// <summary>A fine plane where it stands: the next to arrive, to be written; or a finished one, until the next arrives.</summary>
    public float* Plane(int z) => _fine.Plane(z);

    /// <summary>Takes the plane written to its place and runs every round as far as it goes.</summary>
    public void Accept(CancellationToken cancellation)
    {
        _arrived++;
        bool goesOn;
        do
        {
            goesOn = false;
            for (_round = 0; _round < _rounds.Length; _round++)
            {
                cancellation.ThrowIfCancellationRequested();
                goesOn |= RunRound();
            }
        }
        while (goesOn);
        Debug.Assert(_arrived < _bands.Fine.Z || _rounds[^1].Residuals == _bands.Coarse.Z, "The last plane finishes the volume.");
    }

    /// <summary>Makes ready for another volume.</summary>
    public void Reset()
    {
        (_arrived, _squares) = (0, 0);
        foreach (ProjectionRound round in _rounds) (round.FinePlanes, round.Residuals) = (0, 0);
    }

    public void Dispose()
    {
        foreach (ProjectionRound round in _rounds) round.Dispose();
        _fine.Dispose();
        _bands.Dispose();
    }

    /// <summary>Runs one round on what has come since.</summary>
    /// <returns>Whether it did anything.</returns>
    private bool RunRound()
    {
        ProjectionRound round = _rounds[_round];
        bool isLast = _round == _rounds.Length - 1;
        (_firstFine, _endFine) = (round.FinePlanes, round.FinePlanes);
        while (_endFine < _bands.Fine.Z && MayProject(round, _endFine)) _endFine++;
        if (_endFine > _firstFine && (_round > 0 || !float.IsNegativeInfinity(_floor))) _bands.Run(_projectBand);
        round.FinePlanes = _endFine;
        for (int z = _firstFine; isLast && z < _endFine; z++)
            _receiver(z, new ReadOnlySpan<float>(_fine.Plane(z), _bands.Fine.PlaneVoxels));

        (_firstResidual, _endResidual) = (round.Residuals, round.Residuals);
        while (_endResidual < _bands.Coarse.Z && MayCompare(round, _endResidual, isLast)) _endResidual++;
        if (_endFine == _firstFine && _endResidual == _firstResidual) return false;
        _bands.Run(_compareBand);
        round.Residuals = _endResidual;
        if (isLast && _endResidual > _firstResidual) _squares += _rowSquares.Sum();
        return true;
    }

    /// <summary>Whether the residual of the round before is there, and room for the plane when shrunk.</summary>
    private bool MayProject(ProjectionRound round, int z) =>
        (_round == 0 ? z < _arrived : _schedule.LastCoarse[z] < _rounds[_round - 1].Residuals)
        && z < _schedule.FirstFine[round.Residuals] + round.Shrunk.Capacity;

    /// <summary>Whether the shrunk planes are there, and room for the residual; after the last round that is one at a time, as only its
    /// squares are kept.</summary>
    private bool MayCompare(ProjectionRound round, int z, bool isLast) =>
        _schedule.LastFine[z] < round.FinePlanes
        && z < (isLast ? round.Residuals + 1 : _schedule.FirstCoarse[_rounds[_round + 1].FinePlanes] + round.Residual.Capacity);

    /// <summary>y ← max(floor, y + U(residual)) on some rows; before the first round only the floor.</summary>
    private void ProjectBand(int band, int thread)
    {
        VolumeShape coarse = _bands.Coarse, fine = _bands.Fine;
        int factor = _bands.Factors.Z, first = _bands.FineRow(band), end = _bands.FineRow(band + 1);
        Span<nint> planes = stackalloc nint[factor == 1 ? 1 : 4];
        for (int z = _firstFine; z < _endFine; z++)
        {
            float* plane = _fine.Plane(z);
            if (_round == 0)
            {
                RowFilter.Raise(_floor, plane + (nint)first * fine.X, (end - first) * fine.X);
                continue;
            }
            PlaneRing residual = _rounds[_round - 1].Residual;
            ReadOnlySpan<float> weights = PlaneFilter.EnlargingWeights(z, factor, out int firstCoarse);
            for (int t = 0; t < planes.Length; t++)
                planes[t] = (nint)residual.Plane(factor == 1 ? z : CubicTaps.Mirror(firstCoarse + t, coarse.Z));
            PlaneFilter.EnlargeRows(planes, weights, coarse, fine, _bands.Factors, first, end, adds: true, _floor, plane, _bands.Scratch(thread));
        }
    }

    /// <summary>x − D(y) on some rows.</summary>
    private void CompareBand(int band, int thread)
    {
        ProjectionRound round = _rounds[_round];
        VolumeShape coarse = _bands.Coarse;
        int factor = _bands.Factors.Z, first = _bands.CoarseRow(band), end = _bands.CoarseRow(band + 1), length = (end - first) * coarse.X;
        for (int z = _firstFine; z < _endFine; z++)
        {
            PlaneFilter.ShrinkRows(
                _fine.Plane(z), _bands.Fine, coarse, _bands.Factors, first, end, round.Shrunk.Plane(z), _bands.Scratch(thread));
        }

        nint at = (nint)first * coarse.X;
        CubicTaps taps = CubicTaps.Shrinking(factor);
        ReadOnlySpan<float> weights = taps.Weights(0);
        Span<nint> rows = stackalloc nint[RowFilter.MaxTaps];
        for (int z = _firstResidual; z < _endResidual; z++)
        {
            float* residual = round.Residual.Plane(z) + at;
            if (factor == 1)
            {
                new ReadOnlySpan<float>(round.Shrunk.Plane(z) + at, length).CopyTo(new Span<float>(residual, length));
            }
            else
            {
                for (int t = 0; t < weights.Length; t++)
                    rows[t] = (nint)(round.Shrunk.Plane(CubicTaps.Mirror(z * factor + taps.First(0) + t, _bands.Fine.Z)) + at);
                RowFilter.Sum(rows[..weights.Length], weights, residual, length);
            }
            RowFilter.SubtractFrom(_acquired.Row(z, first), residual, length);
            if (_round < _rounds.Length - 1) continue;
            for (int y = first; y < end; y++)
            {
                double sum = 0;
                for (int x = 0; x < coarse.X; x++, residual++) sum += (double)*residual * *residual;
                _rowSquares[y] = sum;
            }
        }
    }
}
