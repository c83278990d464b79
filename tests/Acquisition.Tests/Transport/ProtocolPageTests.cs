using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Acquisition.Core;
using Acquisition.Tests.Support;
using Acquisition.Transport;
using Acquisition.Transport.Wire;
using MessagePack;
using Xunit;

namespace Acquisition.Tests.Transport;

/// <summary>Holds src/clients/protocol.md against what the code writes and accepts.</summary>
public sealed partial class ProtocolPageTests
{
    // Maps whose keys are no part of the protocol.
    private static readonly string[] FreeMaps = ["user", "frames.refused", "frames.refused_messages", "volumes.skipped"];

    /// <summary>With planes 1.25 times as far apart as pixels.</summary>
    private static readonly ScanPlan Isotropic = TransportPlans.Full with
    {
        VoxelSize = new VoxelSize { ZUm = 0.625, YUm = 0.5, XUm = 0.5 },
        Undersampling = Factors.One,
        Grid = new RestoredGrid { Shape = new(6, 48, 64), VoxelSize = new VoxelSize { ZUm = 0.5, YUm = 0.5, XUm = 0.5 }, OriginUm = default },
    };

    private static readonly string Page = File.ReadAllText(AppRepository.File(Path.Combine("src", "clients", "protocol.md")));

    public static TheoryData<string> FromTheSource => ["start", "frame", "end"];

    public static TheoryData<string> Kinds => ["start", "frame", "end", "volume", "status"];

    [Theory, MemberData(nameof(Kinds))]
    public void The_page_has_every_field_that_is_written_with_its_type_and_no_other(string kind)
    {
        Dictionary<string, string> described = Rows("Every message").Concat(Rows(kind)).ToDictionary(row => row[0], row => row[1]);
        var written = new Dictionary<string, SortedSet<string>>();
        foreach (byte[] header in Headers(kind)) Walk(header, written);

        Assert.Equal(written.Keys.Order(), Leaves(described.Keys, written.Keys).Order());
        Assert.All(written, field => Assert.All(field.Value, type => Assert.Contains(type, Accepted(described.GetValueOrDefault(field.Key, "map")))));
    }

    [Theory, MemberData(nameof(FromTheSource))]
    public void What_the_page_calls_needed_is_refused_when_it_is_missing_and_nothing_else_is(string kind)
    {
        byte[] header = Headers(kind)[0];
        Decode(kind, header);
        string[] always = [.. Rows("Every message").Select(row => row[0])];
        var needed = Rows(kind).ToLookup(row => row[0].Split('.')[0], row => row[2] == "yes");

        Assert.All(always, key => Assert.Throws<RefusedException>(() => Decode(kind, Without(header, key))));
        foreach (IGrouping<string, bool> key in needed)
        {
            if (key.First()) Assert.Throws<RefusedException>(() => Decode(kind, Without(header, key.Key)));
            else Decode(kind, Without(header, key.Key));
        }
    }

    [Theory, MemberData(nameof(FromTheSource))]
    public void The_bytes_on_the_page_are_accepted_and_say_what_stands_beside_them(string kind)
    {
        Match block = Regex.Match(Page, $"```hex {kind}\n(.*?)```", RegexOptions.Singleline);
        Assert.True(block.Success, $"no example of {kind}");
        string[] lines = block.Groups[1].Value.TrimEnd().Split('\n');
        byte[] header = Convert.FromHexString(string.Concat(lines.Select(line => line.Split('#')[0])).Replace(" ", "", StringComparison.Ordinal));

        Decode(kind, header);
        JsonElement read = JsonDocument.Parse(MessagePackToJson(header)).RootElement;
        Dictionary<string, string> beside = lines.Where(line => line.Contains("# ", StringComparison.Ordinal)).Select(line => line.Split('#')[1])
            .Where(text => text[1] != ' ') // inside a map or array otherwise
            .Select(text => text.Trim().Split(": ", 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);
        foreach (JsonProperty field in read.EnumerateObject())
        {
            string expected = field.Value.ValueKind switch
            {
                JsonValueKind.Object => $"map of {field.Value.GetPropertyCount()}",
                JsonValueKind.Array => $"array of {field.Value.GetArrayLength()}",
                _ => field.Value.GetRawText(),
            };
            Assert.Equal(expected, beside[field.Name]);
        }
    }

    [Fact]
    public void A_volume_says_how_much_finer_than_the_scan_it_is()
    {
        string Scale(ScanPlan plan) => JsonDocument.Parse(MessagePackToJson(Volume(plan, whole: false))).RootElement.GetProperty("scale").GetRawText();

        Assert.Equal("[4,2,1]", Scale(TransportPlans.Full));
        Assert.Equal("[1.25,1,1]", Scale(Isotropic));
    }

    [Fact]
    public void Every_word_that_the_code_knows_stands_on_the_page()
    {
        string[] words =
        [
            .. WireFormat.Modes, .. WireFormat.EndStates, .. PixelTypes.Names, .. Enum.GetValues<RefusalReason>().Select(RefusalReasons.Name),
            .. Snake<RunState>(), .. Snake<RunOutcome>(), .. Snake<QueueAlarm>(), .. Enum.GetValues<MessageKind>().Select(Topic.Name),
        ];
        Assert.All(words, word => Assert.Contains($"`{word}`", Page, StringComparison.Ordinal));

        Assert.Contains($"at most {WireFormat.MaxHeaderBytes} bytes, maps and arrays at most {WireFormat.MaxDepth} deep", Page, StringComparison.Ordinal);
        Assert.Contains($"c 1 to {WireFormat.MaxChannels}, z, y and x 1 to {ScanPlan.MaxExtent}", Page, StringComparison.Ordinal);
        Assert.Contains($"1 to {Topic.LongestStream} of the characters a-z, 0-9 and hyphen", Page, StringComparison.Ordinal);
        Assert.Contains($"version of the protocol: {WireFormat.Version}", Page, StringComparison.Ordinal);
        Assert.Equal(1L << 30, new SourceOptions { Address = "tcp://127.0.0.1:1" }.MaxPayloadBytes);

        static IEnumerable<string> Snake<T>() where T : struct, Enum => Enum.GetNames<T>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName);
    }

    [Fact]
    public void No_name_in_the_source_of_encoder_and_decoder_is_left_out()
    {
        // Also names in branches that no message above takes.
        string folder = AppRepository.File(Path.Combine("src", "Acquisition.Transport", "Wire"));
        string[] files = ["ResultEncoder.cs", "SourceEncoder.cs", "HeaderFields.cs", "HeaderDecoder.cs", "HeaderDecoder.Start.cs", "HeaderValues.cs"];
        string source = string.Concat(files.Select(file => File.ReadAllText(Path.Combine(folder, file))));
        var names = WrittenName().Matches(source).Select(match => match.Groups[1].Value)
            .Concat(KeyArray().Matches(source).SelectMany(array => Quoted().Matches(array.Value)).Select(match => match.Groups[1].Value))
            .ToHashSet();
        Assert.True(names.Count > 80, $"only {names.Count} names found");

        var described = Kinds.Select(kind => kind.Data).Append("Every message").SelectMany(Rows).SelectMany(row => row[0].Split('.', '[')).ToHashSet();
        Assert.Empty(names.Except(described));
    }

    [GeneratedRegex("""(?:Field|List|Numbers|Counts)\(ref writer, "(\w+)"|writer\.Write\("(?<1>\w+)"\)""")]
    private static partial Regex WrittenName();

    [GeneratedRegex("""string\[\] (?:\w*Keys|\w*Axes|AxesZyx) =\s*\[[^\]]*\]""")]
    private static partial Regex KeyArray();

    [GeneratedRegex("\"(\\w+)\"")]
    private static partial Regex Quoted();

    /// <summary>The cells of the rows in the first table after a heading, with a.{b,c} spread out: name, type, and the others.</summary>
    private static List<string[]> Rows(string heading)
    {
        int from = Page.IndexOf($"### {heading}\n", StringComparison.Ordinal);
        Assert.True(from >= 0, $"no heading '{heading}'");
        string[] table = [.. Page[(from + 4)..].Split('\n').SkipWhile(line => !line.StartsWith('|')).TakeWhile(line => line.StartsWith('|')).Skip(2)];
        var rows = new List<string[]>();
        foreach (string line in table)
        {
            string[] cells = [.. line.Trim('|').Split('|').Select(cell => cell.Trim(' ', '`'))];
            int brace = cells[0].IndexOf('{', StringComparison.Ordinal);
            string[] names = brace < 0 ? [cells[0]] : [.. cells[0][(brace + 1)..^1].Split(',').Select(axis => cells[0][..brace] + axis)];
            rows.AddRange(names.Select(name => (string[])[name, .. cells[1..]]));
        }

        return rows;
    }

    /// <summary>Adds the maps that the page names only through what is in them.</summary>
    private static HashSet<string> Leaves(IEnumerable<string> described, IEnumerable<string> written)
    {
        var all = described.ToHashSet();
        foreach (string path in written)
            if (all.Any(other => other.StartsWith(path + ".", StringComparison.Ordinal))) all.Add(path);
        return all;
    }

    private static string[] Accepted(string type) =>
        [.. type.Split(" or ").SelectMany(one => one.EndsWith("number", StringComparison.Ordinal) ? [one.Replace("number", "integer", StringComparison.Ordinal), one.Replace("number", "float", StringComparison.Ordinal)] : (string[])[one])];

    private static void Walk(byte[] header, Dictionary<string, SortedSet<string>> found)
    {
        var whole = new MessagePackReader(header);
        Map(ref whole, "");
        Assert.True(whole.End);

        void Map(ref MessagePackReader reader, string prefix)
        {
            for (int left = reader.ReadMapHeader(); left > 0; left--) Value(ref reader, prefix + reader.ReadString());
        }

        void Note(string path, string type) => (found.TryGetValue(path, out var types) ? types : found[path] = []).Add(type);

        void Value(ref MessagePackReader reader, string path)
        {
            switch (reader.NextMessagePackType)
            {
                case MessagePackType.Map when FreeMaps.Contains(path):
                    Note(path, "map");
                    reader.Skip();
                    break;
                case MessagePackType.Map:
                    Note(path, "map");
                    Map(ref reader, path + ".");
                    break;
                case MessagePackType.Array:
                    int length = reader.ReadArrayHeader();
                    Assert.True(length > 0, $"{path} is empty and shows no type");
                    for (int i = 0; i < length; i++)
                    {
                        Note(path, $"array of {TypeOf(reader.NextMessagePackType)}");
                        if (reader.NextMessagePackType == MessagePackType.Map) Map(ref reader, path + "[].");
                        else reader.Skip();
                    }

                    break;
                default:
                    Note(path, TypeOf(reader.NextMessagePackType));
                    reader.Skip();
                    break;
            }
        }
    }

    private static string TypeOf(MessagePackType type) => type switch
    {
        MessagePackType.Integer => "integer",
        MessagePackType.Float => "float",
        MessagePackType.String => "text",
        MessagePackType.Boolean => "boolean",
        MessagePackType.Nil => "nil",
        MessagePackType.Map => "map",
        _ => type.ToString(),
    };

    private static string MessagePackToJson(byte[] header)
    {
        var reader = new MessagePackReader(header);
        return UserMap.ReadJson(ref reader);
    }

    private static void Decode(string kind, byte[] header)
    {
        MessageKind parsed = Topic.Parse(Encoding.ASCII.GetBytes($"acq.camera.{kind}"), out _);
        HeaderDecoder.CheckPreamble(header, parsed);
        switch (parsed)
        {
            case MessageKind.Start:
                HeaderDecoder.Start(header, "camera", 1L << 30, out _, out _);
                break;
            case MessageKind.Frame:
                HeaderDecoder.Frame(header, out _);
                break;
            default:
                HeaderDecoder.End(header);
                break;
        }
    }

    /// <summary>The header with a key of its outermost map called otherwise, so that it is an unknown one.</summary>
    private static byte[] Without(byte[] header, string key)
    {
        byte[] changed = [.. header];
        var reader = new MessagePackReader(header);
        for (int left = reader.ReadMapHeader(); left > 0; left--)
        {
            bool wanted = reader.ReadString() == key;
            if (wanted) changed[reader.Consumed - 1] = (byte)'?';
            if (wanted) return changed;
            reader.Skip();
        }

        throw new ArgumentException($"No key '{key}'.", nameof(key));
    }

    private static List<byte[]> Headers(string kind) => kind switch
    {
        "start" => [Write((ref w) => SourceEncoder.Start(ref w, TransportPlans.Full, 0, repeat: true))],
        "frame" => [Write((ref w) => SourceEncoder.Frame(ref w, TransportPlans.Frame(1, new FrameIndex(0, 1, 2)), TransportPlans.Full.PlaneBytes))],
        "end" => [Write((ref w) => SourceEncoder.End(ref w, new ScanEnd(TransportPlans.ScanId, 2, 1, "aborted", "shutter"), 1))],
        "status" => [Write((ref w) => ResultEncoder.Status(ref w, Status(), 3, 1, 1))],
        _ => [Volume(TransportPlans.Full, whole: true), Volume(TransportPlans.Full, whole: false), Volume(Isotropic, whole: false)],
    };

    private static byte[] Volume(ScanPlan plan, bool whole)
    {
        using var pool = new VolumePool(1 << 20);
        VolumeBuffer pixels = pool.TryRent(new VolumeShape(2, 3, 4), PixelType.UInt16)!;
        var volume = new RestoredVolume
        {
            Plan = plan,
            Pixels = pixels,
            Provenance = new Provenance
            {
                Index = new VolumeIndex(2, 1),
                Method = "self-vision",
                TunedOn = whole ? new VolumeIndex(0, 1) : null,
                SettingsFingerprint = "abcd",
                MissingPlanes = [1],
                Gauge = whole ? new GaugeReading(31.25, 29.5, 0.75) : null,
                ScaleLow = 90,
                ScaleHigh = 4095,
                ResidualRms = 3.5,
                Lag = TimeSpan.FromSeconds(1.25),
                Duration = TimeSpan.FromSeconds(0.75),
                Conditioning = new ConditioningReport
                {
                    Steps = ["offset"],
                    HotPixels = whole ? 7 : null,
                    LinePhase = new LinePhase { EstimatedPx = whole ? 0.5 : null, ErrorPx = whole ? 0.1 : null },
                    Drift = new Drift
                    {
                        Against = new(0, 1),
                        Px = whole ? new(1, 1.5, -2) : new(null, null, null),
                        Um = whole ? new(1, 1.5, -2) : new(null, null, null),
                        CorrectedPx = whole ? new(1, 1.5, -2) : new(null, null, null),
                    },
                },
                Uncertainty = new UncertaintyScale
                {
                    Method = "m", Largest = 4000, StepsPerOctave = 16, CalibratedOn = new(0, 1), HeldOutRank = 0.5, HeldOutWithinOne = 0.75, HeldOutWithinTwo = 0.9,
                },
            },
        };
        byte[] header = Write((ref w) => ResultEncoder.Volume(ref w, volume, 3, 1));
        pixels.Release();
        return header;
    }

    private static RunStatus Status() => new()
    {
        State = RunState.Finished,
        Reason = "the source fell silent",
        Outcome = RunOutcome.SourceLost,
        Plan = TransportPlans.Full,
        Frames = new FrameLedger { Sent = 12, Refused = ImmutableSortedDictionary<string, long>.Empty.Add("duplicate", 1) },
        Queues = [new QueueStatus("raw", "wait", 1, 2, 3, 4, 5) { TimeInQueue = new TimingSummary("wait", 9, 1.5, 2.5, 3.5, 4.5) }, new QueueStatus("restore", "disk", 0, 0, 0, 4, 0)],
        Tuning = new TuningStatus
        {
            Channel = 1, Stage = 0, Stages = 2, Step = 30, Steps = 400, Loss = 0.5, HeldOutDb = 31.5, CubicDb = 29, Elapsed = TimeSpan.FromSeconds(2.5), Remaining = TimeSpan.FromMinutes(1),
        },
        Models =
        [
            new ModelStatus { Channel = 0, Method = "self-vision", TunedOn = new VolumeIndex(0, 0), Reason = "beats cubic", HeldOutDb = 32, CubicDb = 30, ProjectedDb = 30.5 },
            new ModelStatus { Channel = 1, Method = "cubic", Reason = "nothing beats it" },
        ],
        Lag = TimeSpan.FromMilliseconds(250),
        FreeBytes = 1L << 40,
        DiskTimeLeft = TimeSpan.FromHours(1.5),
        Elapsed = TimeSpan.FromSeconds(12.5),
    };

    private delegate void Writing(ref MessagePackWriter writer);

    private static byte[] Write(Writing write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(bytes);
        write(ref writer);
        writer.Flush();
        return bytes.WrittenSpan.ToArray();
    }
}
