namespace Acquisition.Restoration.Fourier;

/// <summary>Fourier transforms of sixteen lines of complex float32 samples at once, side by side in vectors. Lengths have no prime
/// factors but 2, 3 and 5.</summary>
/// <remarks>Sample e of line i lies at e · stride + i, real and imaginary parts apart. Not normalised: the inverse is the transform
/// with real and imaginary parts exchanged in source and destination, and gives length times what went in.</remarks>
internal abstract unsafe class LineFft
{
    private static readonly int[] Radices = [4, 2, 3, 5];

    private protected LineFft(int length)
    {
        Length = length;
        Passes = [.. Decompose(length)];
    }

    public int Length { get; }

    /// <summary>Lines transformed at once.</summary>
    public abstract int Batch { get; }

    /// <summary>Floats that <see cref="Run"/> needs beside source and destination.</summary>
    public int ScratchFloats => 4 * Length * Batch;

    private protected Pass[] Passes { get; }

    /// <summary>The smallest length from here on that has no prime factors but 2, 3 and 5.</summary>
    public static int FriendlyLength(int atLeast)
    {
        int length = Math.Max(1, atLeast);
        while (Rest(length) != 1) length++;
        return length;
    }

    /// <summary>Transforms one batch. Source and destination may be the same; the scratch may be neither.</summary>
    public abstract void Run(float* re, float* im, nint stride, float* toRe, float* toIm, nint toStride, float* scratch);

    /// <summary>Multiplies a batch, sample by sample, with complex factors or their conjugates.</summary>
    /// <param name="re">Stride <see cref="Batch"/>.</param>
    public abstract void Multiply(float* re, float* im, float* byRe, float* byIm, nint byStride, bool conjugate);

    /// <summary>Takes the spectra of two batches of real lines out of the transform of the first plus i times the second.</summary>
    /// <param name="padded">Samples of each spectrum to write; those beyond length / 2 become 0. All strides are <see cref="Batch"/>.</param>
    public abstract void Separate(float* re, float* im, float* firstRe, float* firstIm, float* secondRe, float* secondIm, int padded);

    /// <summary>The inverse of <see cref="Separate"/>.</summary>
    public abstract void Join(float* firstRe, float* firstIm, float* secondRe, float* secondIm, float* re, float* im);

    private static int Rest(int length)
    {
        foreach (int prime in (ReadOnlySpan<int>)[2, 3, 5])
        {
            while (length % prime == 0) length /= prime;
        }
        return length;
    }

    private static IEnumerable<Pass> Decompose(int length)
    {
        if (length < 1 || Rest(length) != 1)
            throw new ArgumentOutOfRangeException(nameof(length), length, $"The length is {length}; products of 2, 3 and 5 are accepted.");
        int left = length, stride = 1;
        while (left > 1)
        {
            int radix = Radices.First(r => left % r == 0), groups = left / radix;
            var turns = new float[2 * groups * (radix - 1)];
            for (int p = 0, at = 0; p < groups; p++)
            {
                for (int j = 1; j < radix; j++, at += 2)
                {
                    var (sine, cosine) = Math.SinCos(-2 * Math.PI * p * j / left);
                    (turns[at], turns[at + 1]) = ((float)cosine, (float)sine);
                }
            }
            yield return new Pass(radix, groups, stride, turns);
            left = groups;
            stride *= radix;
        }
    }

    /// <summary>One pass of Stockham's algorithm (decimation in frequency, sorted as it goes).</summary>
    /// <param name="Groups">Butterflies with turning factors of their own.</param>
    /// <param name="Stride">Butterflies that share them, side by side.</param>
    /// <param name="Turns">Real and imaginary parts, (group, 1 to radix − 1).</param>
    private protected sealed record Pass(int Radix, int Groups, int Stride, float[] Turns);
}
