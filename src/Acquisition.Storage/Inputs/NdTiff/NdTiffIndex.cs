using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Acquisition.Core;

namespace Acquisition.Storage.Inputs.NdTiff;

/// <summary>NDTiff.index: which plane lies where. One entry a plane: length and JSON of its axes, length and name of its file, then eight
/// little-endian uint32: offset, width, height, pixel type, compression, and three about its metadata.</summary>
internal sealed class NdTiffIndex
{
    public const string FileName = "NDTiff.index";

    private const int MaxTextBytes = 1 << 16, Numbers = 8;
    private const string TimeAxis = "time", ChannelAxis = "channel", ZAxis = "z";

    private readonly string _path;
    private readonly Dictionary<string, string> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _otherAxes = new(StringComparer.Ordinal);

    private NdTiffIndex(string path) => _path = path;

    /// <summary>Planes by their time, channel and z as stored; of two with the same, the later.</summary>
    public Dictionary<(int Time, string Channel, int Z), NdTiffPlane> Planes { get; } = [];

    /// <summary>Channels in the order in which they came; one without a name is "".</summary>
    public List<string> Channels { get; } = [];

    /// <summary>Whether channels are numbers.</summary>
    public bool AreChannelsNumbers { get; private set; }

    /// <exception cref="DataFormatException">It is damaged, or has axes that make more than one series of volumes.</exception>
    public static NdTiffIndex Read(string folder)
    {
        var index = new NdTiffIndex(Path.Combine(folder, FileName));
        using var file = new FileStream(index._path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 1 << 16, FileOptions.SequentialScan);
        for (int entry = 0; ; entry++)
        {
            // Programs that were killed leave zeros, or half an entry, at the end.
            if (index.ReadText(file, entry, "axes") is not { Length: > 0 } axes || index.ReadText(file, entry, "file name") is not { } name) break;
            var numbers = new byte[Numbers * sizeof(uint)];
            if (file.ReadAtLeast(numbers, numbers.Length, throwOnEndOfStream: false) < numbers.Length) break;
            index.Add(entry, axes, name, numbers);
        }

        return index.Planes.Count > 0 ? index : throw new DataFormatException($"'{index._path}' names no plane; at least one is needed.");
    }

    private byte[]? ReadText(FileStream file, int entry, string what)
    {
        Span<byte> count = stackalloc byte[sizeof(uint)];
        if (file.ReadAtLeast(count, count.Length, throwOnEndOfStream: false) < count.Length) return null;
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(count);
        if (length > MaxTextBytes) throw Fault(entry, $"its {what} should have {length} bytes; at most {MaxTextBytes} are accepted");
        var text = new byte[length];
        return file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false) < text.Length ? null : text;
    }

    private void Add(int entry, byte[] axes, byte[] name, ReadOnlySpan<byte> numbers)
    {
        Span<uint> values = stackalloc uint[Numbers];
        for (int i = 0; i < Numbers; i++) values[i] = BinaryPrimitives.ReadUInt32LittleEndian(numbers[(i * sizeof(uint))..]);
        var (offset, width, height, kind, compression) = (values[0], values[1], values[2], values[3], values[4]);
        PixelType type = kind switch
        {
            0 => PixelType.UInt8,
            1 or 3 or 4 or 5 or 6 => PixelType.UInt16, // 16, 10, 12, 14 and 11 bits, all in two bytes
            2 => throw Fault(entry, "its picture is RGB; accepted is grayscale of 8 to 16 bits"),
            _ => throw Fault(entry, $"its pixel type is {kind}; accepted are 0 (8 bits), 1 (16), 3 (10), 4 (12), 5 (14) and 6 (11)"),
        };
        if (compression != 0) throw Fault(entry, $"its pixels are compressed (kind {compression}); accepted is 0, uncompressed");
        if (width is 0 or > ScanPlan.MaxExtent || height is 0 or > ScanPlan.MaxExtent)
            throw Fault(entry, $"its picture is {height}×{width}; accepted are 1 to {ScanPlan.MaxExtent} each");

        var key = ReadAxes(entry, axes);
        Planes[key] = new(FileOf(entry, name), offset, (int)width, (int)height, type);
    }

    private (int Time, string Channel, int Z) ReadAxes(int entry, byte[] json)
    {
        int time = 0, z = 0;
        string? channel = null;
        bool isNumber = false;
        foreach (JsonProperty axis in Parse(entry, json).Value.EnumerateObject())
        {
            bool isWhole = axis.Value.ValueKind == JsonValueKind.Number && axis.Value.TryGetInt32(out _);
            if (!isWhole && axis.Value.ValueKind != JsonValueKind.String)
                throw Fault(entry, $"its axis '{axis.Name}' is {axis.Value.GetRawText()}; accepted are whole numbers and texts");
            if (axis.Name == ChannelAxis) (channel, isNumber) = (axis.Value.ToString(), isWhole);
            else if (axis.Name is not (TimeAxis or ZAxis)) RequireOne(entry, axis.Name, axis.Value.ToString());
            else if (!isWhole) throw Fault(entry, $"its axis '{axis.Name}' is {axis.Value.GetRawText()}; accepted are whole numbers");
            else if (axis.Name == TimeAxis) time = axis.Value.GetInt32();
            else z = axis.Value.GetInt32();
        }

        channel ??= "";
        if (!Channels.Contains(channel))
        {
            if (Channels.Count == InputLimits.MaxChannels)
                throw Fault(entry, $"its channel '{channel}' is one too many; accepted are {InputLimits.MaxChannels}");
            if (Channels.Count > 0 && isNumber != AreChannelsNumbers)
                throw Fault(entry, $"its channel is '{channel}', and that of others '{Channels[0]}'; accepted are either numbers or names");
            AreChannelsNumbers = isNumber;
            Channels.Add(channel);
        }

        return (time, channel, z);
    }

    private JsonPlace Parse(int entry, byte[] json)
    {
        try
        {
            return JsonPlace.Parse(_path, json);
        }
        catch (DataFormatException fault)
        {
            throw Fault(entry, $"its axes '{Encoding.UTF8.GetString(json.AsSpan(0, Math.Min(json.Length, 80)))}' are no JSON object", fault);
        }
    }

    /// <summary>An axis that is none of a series of volumes may have one value only.</summary>
    private void RequireOne(int entry, string axis, string value)
    {
        if (_otherAxes.TryAdd(axis, value) || _otherAxes[axis] == value) return;
        throw Fault(entry, $"its {axis} is '{value}', and that of others '{_otherAxes[axis]}'; accepted are datasets of one {axis}. "
            + "Save each as a dataset of its own");
    }

    private string FileOf(int entry, byte[] bytes)
    {
        string name = Encoding.UTF8.GetString(bytes);
        if (_files.TryGetValue(name, out string? known)) return known; // one text for all planes of a file
        if (name is "" or "." or ".." || name.AsSpan().ContainsAny('/', '\\', '\0') || Path.GetFileName(name) != name)
            throw Fault(entry, $"its file is '{name}'; accepted are names inside the dataset's folder");
        return _files[name] = name;
    }

    private DataFormatException Fault(int entry, string what, Exception? inner = null) =>
        new($"'{_path}', entry {entry} (counted from 0): {what}.", inner);
}
