using Acquisition.Core;

namespace Acquisition.Storage.Inputs;

/// <summary>Extent of a series of volumes, or of a piece of one, written slow to fast (t, c, z, y, x); or a position in it.</summary>
internal readonly record struct SeriesShape(int T, int C, int Z, int Y, int X)
{
    public VolumeShape Volume => new(Z, Y, X);

    /// <summary>In floating point, because products of damaged extents overflow any integer.</summary>
    public double Samples => (double)T * C * Z * Y * X;

    /// <summary>How many pieces of the given extent cover this one.</summary>
    public SeriesShape DividedInto(SeriesShape piece) =>
        new(Parts(T, piece.T), Parts(C, piece.C), Parts(Z, piece.Z), Parts(Y, piece.Y), Parts(X, piece.X));

    public override string ToString() => $"{T}×{C}×{Z}×{Y}×{X} (t, c, z, y, x)";

    private static int Parts(int extent, int size) => (extent - 1) / size + 1;
}
