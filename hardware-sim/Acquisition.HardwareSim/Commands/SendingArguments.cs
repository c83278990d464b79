using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;
using Acquisition.HardwareSim.Sending;
using Acquisition.Transport;

namespace Acquisition.HardwareSim.Commands;

/// <summary>The options that every command shares: where to send, how fast, and what goes wrong.</summary>
internal sealed partial class SendingArguments
{
    private static readonly TimeSpan PubStartDelay = TimeSpan.FromSeconds(1);

    private readonly Option<string> _address = new("--address")
    {
        Description = "Where to send: tcp://host:port. Port * picks a free one and says which.",
        DefaultValueFactory = _ => "tcp://127.0.0.1:5555",
        CustomParser = ParseAddress,
    };

    private readonly Option<bool> _bind = new("--bind") { Description = "Own the address, and let the receiver connect to it. This is the default." };

    private readonly Option<bool> _connect = new("--connect") { Description = "Connect to an address that the receiver owns." };

    private readonly Option<string> _pattern = Values.Choice(
        "--pattern", "push: one receiver, nothing is lost, a slow receiver slows the source. pub: any number of receivers, slow ones lose frames.",
        "push", "pub");

    private readonly Option<string> _stream = new("--stream")
    {
        Description = "Name of the stream: 1 to 32 of a-z, 0-9 and hyphens.",
        DefaultValueFactory = _ => "sim",
        CustomParser = ParseStream,
    };

    private readonly Option<Guid?> _scanId = new("--scan-id") { Description = "The scan's UUID. Default: a new one.", HelpName = "uuid" };

    private readonly Option<TimeSpan> _fps = new("--fps")
    {
        Description = "Frames a second, or 'max' for as fast as the receiver takes them, which is the default.",
        HelpName = "rate",
        CustomParser = ParseRate,
    };

    private readonly Option<double?> _dwellUs = Values.OptionalNumber(
        "--dwell-us", "Instead of --fps: time a raster scan spends on one sample; microseconds.", 0.001, 1e6);

    private readonly Option<double> _intervalMs = Values.Number(
        "--interval-ms", "Time from the start of one time point to the next; milliseconds. 0: one right after the other.", 0, 1e9, 0.0);

    private readonly Option<double?> _startDelay = Values.OptionalNumber(
        "--start-delay", "Seconds between opening the socket and the first message. Default: 0 with push; 1 with pub, so that subscribers can join.", 0, 3600.0);

    private readonly Option<double> _drop = Values.Number("--drop", "Lose this share of the frames on the way, 0 to 1; their sequence numbers are used up.", 0, 1, 0.0);

    private readonly Option<double> _duplicate = Values.Number("--duplicate", "Send this share of the frames twice, 0 to 1, under the same sequence number.", 0, 1, 0.0);

    private readonly Option<bool> _shuffle = new("--shuffle") { Description = "Send the frames of each volume in random order; sequence numbers stay with the frames." };

    private readonly Option<long?> _dieAfter = Values.OptionalNumber("--die-after", "After this many frames stop without a word, with exit code 9.", 1, long.MaxValue);

    private readonly Option<bool> _secondScan = new("--second-scan") { Description = "Send frames of another scan in between now and then." };

    private readonly Option<int> _faultSeed = Values.Number("--fault-seed", "Seed of the faults; the same seed strikes the same frames.", int.MinValue, int.MaxValue, 1);

    private readonly Option<string?> _truth = new("--truth")
    {
        Description = "Folder for the fine volumes that the receiver does not get, so that its result can be scored: t000_c0.tif …",
        HelpName = "folder",
    };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])
            [
                _truth, _address, _bind, _connect, _pattern, _stream, _scanId, _fps, _dwellUs, _intervalMs, _startDelay,
                _drop, _duplicate, _shuffle, _dieAfter, _secondScan, _faultSeed,
            ])
        {
            command.Options.Add(option);
        }

        Exclude(command, _bind, _connect);
        Exclude(command, _fps, _dwellUs);
    }

    /// <summary>Refuses a command line that gives both options.</summary>
    public static void Exclude(Command command, Option one, Option other) => command.Validators.Add(result =>
    {
        if (result.GetResult(one) is { Implicit: false } && result.GetResult(other) is { Implicit: false })
        {
            result.AddError($"{one.Name} and {other.Name} exclude each other; give one of them.");
        }
    });

    /// <exception cref="Core.StorageException">The truth folder cannot be made.</exception>
    public SendingOptions Read(ParseResult parsed)
    {
        bool isPub = parsed.GetValue(_pattern) == "pub";
        double intervalMs = parsed.GetValue(_intervalMs);
        double? startDelay = parsed.GetValue(_startDelay);
        return new SendingOptions
        {
            Socket = new()
            {
                Address = parsed.GetValue(_address)!,
                Bind = !parsed.GetValue(_connect),
                Pattern = isPub ? SocketPattern.PubSub : SocketPattern.PushPull,
                Linger = TimeSpan.FromMinutes(1), // the last frames are as good as the first, and a receiver may be busy tuning
            },
            Announcement = new()
            {
                ScanId = parsed.GetValue(_scanId) ?? Guid.NewGuid(),
                Stream = parsed.GetValue(_stream)!,
                Interval = intervalMs > 0 ? TimeSpan.FromMilliseconds(intervalMs) : null,
            },
            FrameInterval = parsed.GetValue(_fps),
            Dwell = parsed.GetValue(_dwellUs) is { } us ? TimeSpan.FromMicroseconds(us) : null,
            StartDelay = startDelay is { } seconds ? TimeSpan.FromSeconds(seconds) : isPub ? PubStartDelay : TimeSpan.Zero,
            Faults = new()
            {
                Drop = parsed.GetValue(_drop),
                Duplicate = parsed.GetValue(_duplicate),
                Shuffle = parsed.GetValue(_shuffle),
                DieAfter = parsed.GetValue(_dieAfter),
                SecondScan = parsed.GetValue(_secondScan),
                Seed = parsed.GetValue(_faultSeed),
            },
            Truth = parsed.GetValue(_truth) is { } folder ? new TruthFolder(folder) : null,
        };
    }

    private static TimeSpan ParseRate(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (text == "max") return TimeSpan.Zero;
        if (double.TryParse(text, CultureInfo.InvariantCulture, out double rate) && rate is >= 1e-6 and <= 1e6) return TimeSpan.FromSeconds(1 / rate);
        result.AddError($"--fps is '{text}'; it must be a number of frames a second greater than zero, or max.");
        return TimeSpan.Zero;
    }

    private static string ParseAddress(ArgumentResult result)
    {
        string address = result.Tokens[0].Value;
        try
        {
            return new SenderOptions { Address = address }.Address;
        }
        catch (ArgumentException)
        {
            result.AddError($"--address is '{address}'; it must be tcp://host:port, like tcp://127.0.0.1:5555, or ipc://path.");
            return address;
        }
    }

    private static string ParseStream(ArgumentResult result)
    {
        string stream = result.Tokens[0].Value;
        if (!StreamName().IsMatch(stream)) result.AddError($"--stream is '{stream}'; it must be 1 to 32 of a-z, 0-9 and hyphens.");
        return stream;
    }

    [GeneratedRegex("^[a-z0-9-]{1,32}$")]
    private static partial Regex StreamName();
}
