using System.Collections.Immutable;

namespace Acquisition.Storage.Inputs.OmeZarr;

/// <summary>Axes of a stored array, in the order t, c, z, y, x, of which the first three may be absent; and their units.</summary>
internal sealed class SeriesAxes
{
    private const string Accepted = "axes among t, c, z, y, x in this order, y and x always";

    private readonly int[] _position = [-1, -1, -1, -1, -1];
    private readonly string?[] _units;

    private SeriesAxes(ImmutableArray<string> names, string?[] units) => (Names, _units) = (names, units);

    public ImmutableArray<string> Names { get; }

    /// <summary>Unit of the axis, 0 for t to 4 for x; <see langword="null"/> where there is none.</summary>
    public string? Unit(int axis) => _position[axis] < 0 ? null : _units[_position[axis]];

    /// <summary>Where the axis stands among those there are; negative where it is absent.</summary>
    public int Position(int axis) => _position[axis];

    /// <exception cref="Core.DataFormatException">The axes are others, or in another order.</exception>
    public static SeriesAxes Parse(JsonPlace list)
    {
        ImmutableArray<JsonPlace> items = list.Items;
        var axes = new SeriesAxes([.. items.Select(item => item["name"].Text)], [.. items.Select(item => item.Find("unit")?.TextOrNull)]);
        int last = -1;
        for (int i = 0; i < items.Length; i++)
        {
            int axis = AxisOf(items[i]);
            if (axis <= last) throw list.Fault(Accepted);
            axes._position[last = axis] = i;
        }

        return axes._position[3] >= 0 && axes._position[4] >= 0 ? axes : throw list.Fault(Accepted);
    }

    /// <summary>Spreads extents over the five axes, those that are absent being 1.</summary>
    /// <exception cref="Core.DataFormatException">There are more or fewer of them than axes, or one is no positive number.</exception>
    public SeriesShape Spread(JsonPlace extents)
    {
        ImmutableArray<JsonPlace> items = extents.Items;
        if (items.Length != Names.Length) throw extents.Fault($"{Names.Length} extents, one an axis ({string.Join(", ", Names)})");
        int Of(int axis) => _position[axis] < 0 ? 1 : items[_position[axis]].Extent;
        return new(Of(0), Of(1), Of(2), Of(3), Of(4));
    }

    /// <summary>Coordinates of the axes that there are, as they stand in names of files.</summary>
    public IEnumerable<int> Gather(SeriesShape position)
    {
        if (_position[0] >= 0) yield return position.T;
        if (_position[1] >= 0) yield return position.C;
        if (_position[2] >= 0) yield return position.Z;
        yield return position.Y;
        yield return position.X;
    }

    private static int AxisOf(JsonPlace item) => (item.Find("type")?.TextOrNull, item["name"].Text.ToUpperInvariant()) switch
    {
        ("time", _) or (null, "T") => 0,
        ("channel", _) or (null, "C") => 1,
        ("space" or null, "Z") => 2,
        ("space" or null, "Y") => 3,
        ("space" or null, "X") => 4,
        _ => throw item.Fault("an axis of time or channel, or of space with the name z, y or x"),
    };
}
