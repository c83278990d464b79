namespace Acquisition.Restoration.Registration;

/// <summary>Shifts all over a plane, from those of its tiles: the simplest field that is consistent with them.</summary>
/// <remarks>A shift of everything; or an affine field, which magnification and turning make; or beside it, at each node of a lattice, a surface of
/// second order fitted to the tiles around, near ones first (Cleveland 1979). Slopes and bends are held to nothing by how large they are expected to be,
/// so that few tiles give a constant, and corners are not thrown about. Between nodes interpolation is linear.</remarks>
internal sealed class ShiftField
{
    /// <summary>Shifts expected of a distortion: of everything, by a slope over half a tile, and by its bend over as much; pixels.</summary>
    private const double ExpectedPx = 16;
    private const double ExpectedSlopePx = 1;
    private const double ExpectedBendPx = 0.3;

    /// <summary>By how much tiles differ from any smooth field, however certain each is; pixels.</summary>
    private const double LeastErrorPx = 0.02;

    /// <summary>Standard deviation of the weights around a node, in half tiles.</summary>
    private const double Width = 0.9;

    private const int AffineTerms = 3;
    private const int SurfaceTerms = 6;

    private readonly int _rows;
    private readonly int _columns;
    private readonly double _stepY;
    private readonly double _stepX;
    private readonly Shift[] _nodes;

    /// <param name="coarse">What the field is where no tile says anything.</param>
    /// <param name="tiles">Those that are certain.</param>
    public ShiftField(int height, int width, int tile, Shift coarse, IReadOnlyList<FieldTile> tiles)
    {
        (_rows, _columns) = (Nodes(height, tile), Nodes(width, tile));
        (_stepY, _stepX) = (Math.Max(1, height - 1.0) / (_rows - 1), Math.Max(1, width - 1.0) / (_columns - 1));
        _nodes = new Shift[_rows * _columns];
        double unit = tile / 2.0;
        // Tiles closer than half a tile tell the same more than once.
        double repeated = Repeated(tiles.Select(one => one.Y), unit) * Repeated(tiles.Select(one => one.X), unit);
        double[] y = Component(unit, repeated, [.. tiles.Select(one => (one.Y, one.X, one.Shift.Y - coarse.Y, one.Error.Y))]);
        double[] x = Component(unit, repeated, [.. tiles.Select(one => (one.Y, one.X, one.Shift.X - coarse.X, one.Error.X))]);
        for (int i = 0; i < _nodes.Length; i++) _nodes[i] = coarse + new Shift(y[i], x[i]);
    }

    public IReadOnlyList<Shift> Lattice => _nodes;

    public Shift At(double y, double x)
    {
        double row = Math.Clamp(y / _stepY, 0, _rows - 1), column = Math.Clamp(x / _stepX, 0, _columns - 1);
        int i = Math.Min((int)row, _rows - 2), j = Math.Min((int)column, _columns - 2);
        double down = row - i, across = column - j;
        Shift a = _nodes[i * _columns + j], b = _nodes[i * _columns + j + 1], c = _nodes[(i + 1) * _columns + j], d = _nodes[(i + 1) * _columns + j + 1];
        double wa = (1 - down) * (1 - across), wb = (1 - down) * across, wc = down * (1 - across), wd = down * across;
        return new Shift(wa * a.Y + wb * b.Y + wc * c.Y + wd * d.Y, wa * a.X + wb * b.X + wc * c.X + wd * d.X);
    }

    /// <summary>Four nodes a tile, so that lines between them are as good as the surface.</summary>
    private static int Nodes(int length, int tile) => Math.Max(2, (int)Math.Ceiling(length / (tile / 4.0)) + 1);

    private static double Repeated(IEnumerable<double> places, double unit)
    {
        double[] distinct = [.. places.Distinct().Order()];
        return distinct.Length < 2 ? 1 : Math.Max(1, unit * (distinct.Length - 1) / (distinct[^1] - distinct[0]));
    }

    private double[] Component(double unit, double repeated, (double Y, double X, double Shift, double Error)[] tiles)
    {
        var nodes = new double[_nodes.Length];
        if (tiles.Length == 0) return nodes;
        double middleY = tiles.Average(tile => tile.Y), middleX = tiles.Average(tile => tile.X);
        foreach (int terms in (ReadOnlySpan<int>)[1, AffineTerms])
        {
            double[] fitted = Fit(terms, middleY, middleX, unit, tiles, _ => 1 / repeated) ?? [0, 0, 0];
            Array.Resize(ref fitted, AffineTerms);
            double Field(double y, double x) => fitted[0] + fitted[1] * (y - middleY) / unit + fitted[2] * (x - middleX) / unit;
            for (int i = 0; i < nodes.Length; i++) nodes[i] = Field(i / _columns * _stepY, i % _columns * _stepX);
            double free = tiles.Length / repeated - terms;
            double squares = tiles.Sum(tile => Math.Pow(tile.Shift - Field(tile.Y, tile.X), 2) / Variance(tile.Error)) / repeated;
            // Three standard deviations of a sum of squares.
            if (squares <= free + 3 * Math.Sqrt(2 * Math.Max(free, 1))) return nodes;
            if (terms == AffineTerms) tiles = [.. tiles.Select(tile => tile with { Shift = tile.Shift - Field(tile.Y, tile.X) })];
        }

        for (int i = 0; i < nodes.Length; i++)
        {
            double y = i / _columns * _stepY, x = i % _columns * _stepX, nearest = tiles.Min(tile => Square(tile.Y, tile.X));
            // Relative to the nearest tile, so that far from all of them the nearest ones still speak.
            nodes[i] += Fit(SurfaceTerms, y, x, unit, tiles, tile => Math.Exp((nearest - Square(tile.Y, tile.X)) / (2 * Width * Width)) / repeated)?[0] ?? 0;

            double Square(double atY, double atX) => ((atY - y) * (atY - y) + (atX - x) * (atX - x)) / (unit * unit);
        }

        return nodes;
    }

    /// <summary>A surface around a place: constant, slopes, bends, or the first of these.</summary>
    private static double[]? Fit(int count, double y, double x, double unit, (double Y, double X, double Shift, double Error)[] tiles, Func<(double Y, double X, double Shift, double Error), double> weight)
    {
        var normal = new double[count, count + 1];
        for (int i = 0; i < count; i++) normal[i, i] = Math.Pow(i == 0 ? ExpectedPx : i < AffineTerms ? ExpectedSlopePx : ExpectedBendPx, -2);
        Span<double> terms = stackalloc double[SurfaceTerms];
        foreach (var tile in tiles)
        {
            double v = (tile.Y - y) / unit, u = (tile.X - x) / unit;
            (terms[0], terms[1], terms[2], terms[3], terms[4], terms[5]) = (1, v, u, v * v, v * u, u * u);
            LeastSquares.Add(normal, terms[..count], tile.Shift, weight(tile) / Variance(tile.Error));
        }

        return LeastSquares.Solve(normal);
    }

    private static double Variance(double error) => error * error + LeastErrorPx * LeastErrorPx;
}
