namespace Acquisition.HardwareSim.Phantoms;

/// <summary>How an object moves from volume to volume: to and fro on each axis, from where it stands in the first one.</summary>
internal readonly record struct Wander
{
    private readonly PointUm _amplitude;
    private readonly PointUm _phase;
    private readonly double _period;

    /// <summary>Draws the same numbers for a still object, so that it differs from a moving one in nothing but its motion.</summary>
    public Wander(SeededRandom random, bool moving, double amplitudeUm)
    {
        _phase = new PointUm(random.NextUnit(), random.NextUnit(), random.NextUnit()) * (2 * Math.PI);
        _period = random.Next(12, 30);
        _amplitude = PointUm.Direction(random) * (moving ? amplitudeUm : 0);
    }

    /// <summary>Displacement since time point 0.</summary>
    public PointUm At(int timePoint)
    {
        double turn = 2 * Math.PI * timePoint / _period;
        return new(
            _amplitude.Z * (Math.Sin(turn + _phase.Z) - Math.Sin(_phase.Z)),
            _amplitude.Y * (Math.Sin(turn + _phase.Y) - Math.Sin(_phase.Y)),
            _amplitude.X * (Math.Sin(turn + _phase.X) - Math.Sin(_phase.X)));
    }
}
