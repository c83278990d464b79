using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Acquisition.App.Terminal;
using Acquisition.Core;
using Acquisition.Transport;
using Acquisition.Transport.Recording;

namespace Acquisition.App.Commands;

/// <summary><c>acquisition record</c>: keeps what a microscope sends, message by message.</summary>
internal sealed class RecordCommand
{
    private readonly Screen _screen;

    private readonly Option<string> _source = new("--source") { Description = "Address of the microscope, tcp://host:port or ipc://path.", HelpName = "ADDRESS", Required = true };

    private readonly Option<string> _output = new("--output") { Description = "The recording; a new file.", HelpName = "FILE", Required = true };

    private readonly Option<bool> _bind = new("--bind") { Description = "Bind the address, and let the microscope connect to it." };

    private readonly Option<string> _pattern = new("--pattern")
    {
        Description = "push-pull takes the messages away from other receivers; pub-sub can be recorded beside a run, and loses what comes too fast.",
        DefaultValueFactory = _ => PushPull,
    };

    private readonly Option<bool> _keepGoing = new("--keep-going") { Description = "Go on after the end of a scan." };

    private readonly Option<double?> _idleTimeout = new("--idle-timeout") { Description = "Stop when nothing came for so many seconds. Default: never.", HelpName = "SECONDS" };

    private readonly Option<string?> _secretKey = KeyFile("--secret-key-file", "This side's secret key, made by 'acquisition keygen'. With one, connections are encrypted.");

    private readonly Option<string?> _serverKey = KeyFile("--server-key-file", "The public key that the microscope must have.");

    private readonly Option<string?> _allowedKeys = KeyFile("--allowed-keys-file", "With --bind: public keys of microscopes that get in, one a line; read anew for every connection.");

    private readonly Option<bool> _insecure = new("--insecure") { Description = "With --bind: bind an address that the network reaches without keys." };

    private const string PushPull = "push-pull";

    private RecordCommand(Screen screen)
    {
        _screen = screen;
        _pattern.AcceptOnlyFromAmong(PushPull, "pub-sub");
        _idleTimeout.CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (double.TryParse(text, CultureInfo.InvariantCulture, out double seconds) && seconds is > 0 and <= 2_592_000) return seconds;
            result.AddError($"--idle-timeout is '{text}'; expected a number of seconds above 0 up to 2592000");
            return null;
        };
    }

    public static Command Create(Screen screen)
    {
        var record = new RecordCommand(screen);
        var command = new Command("record", "Keeps every message of a microscope in a file, for 'hardware-sim replay'. Ends with the scan, or with Ctrl-C.")
        {
            record._source, record._output, record._bind, record._pattern, record._keepGoing, record._idleTimeout,
            record._secretKey, record._serverKey, record._allowedKeys, record._insecure,
        };
        command.SetAction(record.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        SourceOptions source;
        try
        {
            source = new SourceOptions
            {
                Address = parsed.GetValue(_source)!,
                Bind = parsed.GetValue(_bind),
                Pattern = parsed.GetValue(_pattern) == PushPull ? SocketPattern.PushPull : SocketPattern.PubSub,
                Security = new()
                {
                    SecretKeyFile = parsed.GetValue(_secretKey),
                    ServerKeyFile = parsed.GetValue(_serverKey),
                    AllowedKeysFile = parsed.GetValue(_allowedKeys),
                    Insecure = parsed.GetValue(_insecure),
                },
            };
        }
        catch (ArgumentException)
        {
            _screen.Complain($"--source is '{parsed.GetValue(_source)}'; expected tcp://host:port or ipc://path");
            return ExitCode.Usage;
        }

        (string Key, string Message)[] faults = [.. source.Security.Faults(source.Address, source.Bind, NameOf)];
        foreach (var (key, message) in faults) _screen.Complain($"{NameOf(key)} {message}");
        if (faults.Length > 0) return ExitCode.Usage;

        TimeSpan? idle = parsed.GetValue(_idleTimeout) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        var recorder = new WireRecorder(source, parsed.GetValue(_keepGoing), idle);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        void OnSignal(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }

        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        try
        {
            using var writer = new RecordingWriter(parsed.GetValue(_output)!);
            _screen.Output.WriteLine($"Recording {source.Address} to {writer.Location}; Ctrl-C ends it.");
            RecordingSummary summary = await Task.Run(() => recorder.Record(writer, stop.Token), CancellationToken.None).ConfigureAwait(false);
            _screen.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"Recorded {summary.Messages} messages ({summary.Starts} announcements, {summary.Frames} frames, {summary.Ends} ends, {summary.Others} others), "
                + $"{writer.Bytes / 1048576.0:0.0} MiB in {summary.Duration.TotalSeconds:0.0} s: {summary.Reason}."));
            return ExitCode.Ok;
        }
        catch (AcquisitionException error)
        {
            _screen.Complain(error.Message);
            return ExitCode.Failed;
        }
    }
    private static Option<string?> KeyFile(string name, string description) => new(name) { Description = description, HelpName = "FILE" };

    /// <summary>The option that stands for a setting of the program.</summary>
    private static string NameOf(string setting) => setting == "address" ? "--source" : "--" + setting.Replace('_', '-');
}
