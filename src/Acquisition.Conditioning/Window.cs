namespace Acquisition.Conditioning;

/// <summary>Fades pictures towards their borders, which a Fourier transform would take for edges.</summary>
internal static class Window
{
    /// <summary>A Hann window whose ends lie half a sample outside, so that no sample is lost.</summary>
    public static float[] Hann(int length) =>
        [.. Enumerable.Range(0, length).Select(i => (float)(0.5 - 0.5 * Math.Cos(2 * Math.PI * (i + 0.5) / length)))];

    public static float Mean(ReadOnlySpan<float> pixels)
    {
        double sum = 0;
        foreach (float pixel in pixels) sum += pixel;
        return (float)(sum / Math.Max(pixels.Length, 1));
    }
}
