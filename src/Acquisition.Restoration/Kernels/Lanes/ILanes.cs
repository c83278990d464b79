namespace Acquisition.Restoration.Kernels.Lanes;

/// <summary>What kernels ask of a vector of floats. One source then serves every width: an instance of a kernel for a pair of
/// operations and vector is compiled as if written for it.</summary>
/// <typeparam name="TVector">The processor's own type, so that locals of it live in registers.</typeparam>
internal unsafe interface ILanes<TVector>
    where TVector : struct
{
    /// <summary>Floats in a vector; divides 16.</summary>
    static abstract int Width { get; }

    /// <summary>Whether 24 sums and their operands fit into registers; otherwise 12 do.</summary>
    static abstract bool HasManyRegisters { get; }

    static abstract TVector Load(float* from);

    static abstract void Store(TVector vector, float* to);

    static abstract TVector Fill(float value);

    static abstract TVector Add(TVector a, TVector b);

    static abstract TVector Subtract(TVector a, TVector b);

    static abstract TVector Multiply(TVector a, TVector b);

    /// <summary>a · b + c, rounded once where the processor can.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    static abstract TVector Min(TVector a, TVector b);

    static abstract TVector Max(TVector a, TVector b);

    /// <summary>a where <paramref name="condition"/> is positive, else b.</summary>
    static abstract TVector WherePositive(TVector condition, TVector a, TVector b);

    static abstract float Sum(TVector vector);

    /// <summary>Adds the sums of four vectors to four neighbouring floats.</summary>
    static abstract void AddSums(TVector a, TVector b, TVector c, TVector d, float* to);

    /// <summary>Stores a0, b0, a1, b1, …: twice the width.</summary>
    static abstract void StoreInterleaved(TVector a, TVector b, float* to);

    /// <summary>Loads what <see cref="StoreInterleaved"/> stored.</summary>
    static abstract void LoadInterleaved(float* from, out TVector a, out TVector b);
}
