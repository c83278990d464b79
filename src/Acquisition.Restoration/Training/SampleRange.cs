namespace Acquisition.Restoration.Training;

/// <summary>Smallest and largest sample of a volume.</summary>
/// <remarks>Shrunk copies are kept inside the range of what they were shrunk from. The cubic kernel swings below black and above
/// white; no acquired volume shows that, and a network that learns to read it fails on acquired volumes, by decibels where much
/// is black.</remarks>
internal readonly record struct SampleRange(float Min, float Max)
{
    public static SampleRange Of(FloatVolume volume)
    {
        float min = float.PositiveInfinity, max = float.NegativeInfinity;
        for (int z = 0; z < volume.Shape.Z; z++)
        {
            foreach (float value in volume.Plane(z))
            {
                min = Math.Min(min, value);
                max = Math.Max(max, value);
            }
        }
        return new(min, max);
    }

    /// <summary>Brings every sample into the range.</summary>
    public void Clamp(FloatVolume volume)
    {
        for (int z = 0; z < volume.Shape.Z; z++)
        {
            foreach (ref float value in volume.Plane(z)) value = Math.Clamp(value, Min, Max);
        }
    }
}
