namespace Acquisition.HardwareSim.Phantoms;

/// <summary>Nerve cells: a cell body of 6 to 10 µm and branching tubes, 1.4 µm thick at the body and 0.6 µm at the tips.</summary>
internal sealed class Neurites(Field field, int seed, bool moving) : IPhantom
{
    private const double Um3PerCell = 8_000;
    private const int MostCells = 500;
    private const double StepUm = 1;
    private const int LongestSteps = 80;
    private const int MostForks = 3;
    private const double ForksPerStep = 0.03;
    private const double WanderUm = 1.5;

    public void Draw(int timePoint, int channel, FloatVolume volume)
    {
        var random = new SeededRandom(seed, channel);
        int count = (int)Math.Clamp(field.VolumeUm3 / Um3PerCell, 2, MostCells);
        for (int i = 0; i < count; i++)
        {
            PointUm home = field.RandomPoint(random);
            PointUm centre = home + new Wander(random, moving, WanderUm).At(timePoint);
            double bodyUm = random.Next(3, 5);
            Tube(volume, centre, centre, bodyUm, brightness: 1);
            int branches = 4 + random.Next(3);
            for (int branch = 0; branch < branches; branch++)
            {
                Grow(volume, centre, PointUm.Direction(random), LongestSteps, MostForks, random);
            }
        }
    }

    // A random walk that keeps its direction for a while and thins towards its end.
    private void Grow(FloatVolume volume, PointUm from, PointUm direction, int steps, int forksLeft, SeededRandom random)
    {
        for (int left = steps; left > 0; left--)
        {
            direction += PointUm.Direction(random) * 0.3;
            direction *= 1 / direction.Length;
            PointUm to = from + direction * StepUm;
            Tube(volume, from, to, radiusUm: 0.3 + 0.4 * left / LongestSteps, brightness: 0.6);
            from = to;
            if (forksLeft == 0 || random.NextUnit() >= ForksPerStep) continue;
            forksLeft--;
            PointUm aside = direction + PointUm.Direction(random) * 0.8;
            Grow(volume, from, aside * (1 / aside.Length), left / 2, forksLeft, random);
        }
    }

    // Everything within the radius of a line; of a point where both ends meet.
    private void Tube(FloatVolume volume, PointUm from, PointUm to, double radiusUm, double brightness)
    {
        PointUm along = to - from;
        double lengthSquared = along.Dot(along);
        double reach = radiusUm + field.Voxel.XUm;
        var corner = new PointUm(reach, reach, reach);
        var min = new PointUm(Math.Min(from.Z, to.Z), Math.Min(from.Y, to.Y), Math.Min(from.X, to.X)) - corner;
        var max = new PointUm(Math.Max(from.Z, to.Z), Math.Max(from.Y, to.Y), Math.Max(from.X, to.X)) + corner;
        field.Draw(volume, min, max, point =>
        {
            PointUm offset = point - from;
            double share = lengthSquared > 0 ? Math.Clamp(offset.Dot(along) / lengthSquared, 0, 1) : 0;
            return brightness * field.Coverage(radiusUm - (offset - along * share).Length);
        });
    }
}
