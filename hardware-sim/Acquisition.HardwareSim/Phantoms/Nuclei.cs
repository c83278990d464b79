namespace Acquisition.HardwareSim.Phantoms;

/// <summary>Ellipsoids of 5 to 8 µm with a soft edge and a mottled inside, close together but hardly overlapping.</summary>
internal sealed class Nuclei(Field field, int seed, bool moving) : IPhantom
{
    private const double Um3PerNucleus = 700;
    private const int MostNuclei = 4_000; // beyond, finding room for the next takes longer than drawing it
    private const int Attempts = 20;
    private const double WanderUm = 1.5;

    public void Draw(int timePoint, int channel, FloatVolume volume)
    {
        var random = new SeededRandom(seed, channel);
        int count = (int)Math.Clamp(field.VolumeUm3 / Um3PerNucleus, 3, MostNuclei);
        var centres = new List<PointUm>(count);
        for (int i = 0; i < count; i++)
        {
            PointUm centre = Place(centres, random);
            centres.Add(centre);
            DrawOne(volume, centre, timePoint, random);
        }
    }

    // The best of some random places: one with room when it exists.
    private PointUm Place(List<PointUm> others, SeededRandom random)
    {
        const double RoomUm = 6;
        PointUm best = default;
        double bestRoom = -1;
        for (int attempt = 0; attempt < Attempts && bestRoom < RoomUm; attempt++)
        {
            PointUm place = field.RandomPoint(random);
            double room = RoomUm;
            foreach (PointUm other in others) room = Math.Min(room, (place - other).Length);
            if (room > bestRoom) (best, bestRoom) = (place, room);
        }

        return best;
    }

    private void DrawOne(FloatVolume volume, PointUm home, int timePoint, SeededRandom random)
    {
        var radii = new PointUm(random.Next(2.5, 3.5), random.Next(2.5, 4), random.Next(2.5, 4));
        double turn = random.Next(0, Math.PI);
        double brightness = random.Next(0.6, 1);
        PointUm centre = home + new Wander(random, moving, WanderUm).At(timePoint);

        // Chromatin: three plane waves of 1.5 to 3 µm.
        var waves = new (PointUm Vector, double Phase)[3];
        for (int i = 0; i < waves.Length; i++)
        {
            waves[i] = (PointUm.Direction(random) * (2 * Math.PI / random.Next(1.5, 3)), random.Next(0, 2 * Math.PI));
        }

        (double sine, double cosine) = Math.SinCos(turn);
        double smallest = Math.Min(radii.Z, Math.Min(radii.Y, radii.X));
        double reach = 1 + Math.Max(radii.Z, Math.Max(radii.Y, radii.X));
        var corner = new PointUm(reach, reach, reach);
        field.Draw(volume, centre - corner, centre + corner, point =>
        {
            PointUm p = point - centre;
            p = new(p.Z, cosine * p.Y - sine * p.X, sine * p.Y + cosine * p.X);
            double radius = new PointUm(p.Z / radii.Z, p.Y / radii.Y, p.X / radii.X).Length;
            double coverage = field.Coverage((1 - radius) * smallest);
            if (coverage == 0) return 0;
            double texture = 0;
            foreach (var (vector, phase) in waves) texture += Math.Cos(vector.Dot(p) + phase);
            return brightness * coverage * (0.7 + 0.1 * texture);
        });
    }
}
