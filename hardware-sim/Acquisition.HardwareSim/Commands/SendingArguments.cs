using System.CommandLine;
using System.CommandLine.Parsing;
using Acquisition.HardwareSim.Sending;
using Acquisition.Transport;

namespace Acquisition.HardwareSim.Commands;

/// <summary>The options that every command shares: where to send, and what goes wrong.</summary>
internal sealed class SendingArguments
{
    private const string DefaultAddress = "tcp://127.0.0.1:5555";

    private static readonly TimeSpan PubStartDelay = TimeSpan.FromSeconds(1);

    private readonly Option<string> _address = new("--address")
    {
        Description = "Where to send: tcp://host:port. Port * picks a free one and says which.",
        DefaultValueFactory = _ => DefaultAddress,
        CustomParser = ParseAddress,
    };

    private readonly Option<bool> _bind = new("--bind") { Description = "Own the address, and let the receiver connect to it. This is the default." };

    private readonly Option<bool> _connect = new("--connect") { Description = "Connect to an address that the receiver owns." };

    private readonly Option<string> _pattern = Values.Choice(
        "--pattern", "push: one receiver, nothing is lost, a slow receiver slows the source. pub: any number of receivers, slow ones lose frames.",
        "push", "pub");

    private readonly Option<double?> _startDelay = Values.OptionalNumber(
        "--start-delay", "Seconds between opening the socket and the first message. Default: 0 with push; 1 with pub, so that subscribers can join.", 0, 3600.0);

    private readonly Option<string?> _secretKey = KeyFile("--secret-key-file", "This side's secret key, made by 'acquisition keygen'. With one, connections are encrypted.");

    private readonly Option<string?> _serverKey = KeyFile("--server-key-file", "With --connect: the public key that the receiver must have.");

    private readonly Option<string?> _allowedKeys = KeyFile("--allowed-keys-file", "Public keys of receivers that get in, one a line; read anew for every connection.");

    private readonly Option<bool> _insecure = new("--insecure") { Description = "Bind an address that the network reaches without keys." };

    private readonly FaultArguments _faults = new();

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_address, _bind, _connect, _pattern, _startDelay, _secretKey, _serverKey, _allowedKeys, _insecure]) command.Options.Add(option);
        Exclude(command, _bind, _connect);
        command.Validators.Add(CheckKeys);
        _faults.AddTo(command);
    }

    /// <summary>Refuses a command line that gives both options.</summary>
    public static void Exclude(Command command, Option one, Option other) => command.Validators.Add(result =>
    {
        if (result.GetResult(one) is { Implicit: false } && result.GetResult(other) is { Implicit: false })
        {
            result.AddError($"{one.Name} and {other.Name} exclude each other; give one of them.");
        }
    });

    public SendingOptions Read(ParseResult parsed)
    {
        bool isPub = parsed.GetValue(_pattern) == "pub";
        return new SendingOptions
        {
            Socket = new()
            {
                Address = parsed.GetValue(_address)!,
                Bind = !parsed.GetValue(_connect),
                Security = Security(parsed.CommandResult),
                Pattern = isPub ? SocketPattern.PubSub : SocketPattern.PushPull,
                Linger = TimeSpan.FromMinutes(1), // the last frames are as good as the first, and a receiver may be busy tuning
            },
            StartDelay = parsed.GetValue(_startDelay) is { } seconds ? TimeSpan.FromSeconds(seconds) : isPub ? PubStartDelay : TimeSpan.Zero,
            Faults = _faults.Read(parsed),
        };
    }

    private static Option<string?> KeyFile(string name, string description) => new(name) { Description = description, HelpName = "FILE" };

    private SocketSecurity Security(CommandResult result) => new()
    {
        SecretKeyFile = result.GetValue(_secretKey),
        ServerKeyFile = result.GetValue(_serverKey),
        AllowedKeysFile = result.GetValue(_allowedKeys),
        Insecure = result.GetValue(_insecure),
    };

    private void CheckKeys(CommandResult result)
    {
        // As it was typed: defaults are put in after validation, and a fault of the address is told by itself.
        string address = result.GetResult(_address)?.Tokens is [var typed, ..] ? typed.Value : DefaultAddress;
        foreach (var (key, message) in Security(result).Faults(address, !result.GetValue(_connect), NameOf)) result.AddError($"{NameOf(key)} {message}.");
    }

    /// <summary>The option that stands for a setting of the program.</summary>
    private static string NameOf(string setting) => "--" + setting.Replace('_', '-');

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
}
