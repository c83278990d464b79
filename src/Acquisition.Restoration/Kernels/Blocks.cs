namespace Acquisition.Restoration.Kernels;

/// <summary>Cuts a number of channels into blocks as equal as possible.</summary>
internal readonly record struct Blocks(int Length, int Largest)
{
    public int Count => (Length + Largest - 1) / Largest;

    /// <summary>First of block <paramref name="index"/>; with the count, the length.</summary>
    public int Start(int index) => Length * index / Count;

    public int Size(int index) => Start(index + 1) - Start(index);
}
