using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace Acquisition.Tests.Support;

/// <summary>Python with pyzmq and msgpack at the other end of the wire; shares no code with the project.</summary>
internal sealed class HardwareSimReceiver : IDisposable
{
    // Receives until an end, or until no message has come for some seconds after the first. Reports every header in order of
    // arrival, and leaves the pixels of all frames in one file.
    private const string Script =
        """
        import json, sys, msgpack, zmq
        kind, address, pixels, silence = sys.argv[1:5]
        context = zmq.Context()
        socket = context.socket(zmq.SUB if kind == 'sub' else zmq.PULL)
        if kind == 'sub': socket.setsockopt(zmq.SUBSCRIBE, b'')
        if address == 'bind':
            print(socket.bind_to_random_port('tcp://127.0.0.1'), flush=True)
        else:
            socket.connect(address)
        messages = []
        with open(pixels, 'wb') as file:
            while socket.poll(int(float(silence) * 1000) if messages else 60000):
                parts = socket.recv_multipart()
                if not messages: print('first', flush=True)
                header = msgpack.unpackb(parts[1])
                header['topic'] = parts[0].decode()
                header['parts'] = len(parts)
                messages.append(header)
                if header['kind'] == 'frame':
                    header['length'] = len(parts[2])
                    file.write(parts[2])
                if header['kind'] == 'end': break
        print(json.dumps(messages))
        context.destroy(linger=0)
        """;

    private const string FirstLine = "first";

    private readonly Process _process;
    private readonly string _pixels;

    private HardwareSimReceiver(string kind, string address, string pixels, double silenceSeconds)
    {
        _pixels = pixels;
        _process = HardwareSimPython.Start(
            Script, kind, address, pixels, silenceSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Where the receiver listens, when it owns the address.</summary>
    public string Address { get; private set; } = "";

    /// <summary>A PULL (or SUB) socket on a free port.</summary>
    public static async Task<HardwareSimReceiver> BindAsync(string pixels, double silenceSeconds = 60, string kind = "pull")
    {
        var receiver = new HardwareSimReceiver(kind, "bind", pixels, silenceSeconds);
        string? port = await receiver._process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        receiver.Address = $"tcp://127.0.0.1:{port}";
        return receiver;
    }

    /// <summary>A PULL socket that connects to a source.</summary>
    public static HardwareSimReceiver Connect(string address, string pixels) => new("pull", address, pixels, silenceSeconds: 60);

    /// <summary>Waits until something has arrived.</summary>
    public async Task FirstMessageAsync() =>
        Assert.Equal(FirstLine, await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));

    /// <summary>Waits for the end and returns every header in order of arrival, with its topic and its pixels' length.</summary>
    public async Task<JsonElement[]> FinishAsync()
    {
        string output = await HardwareSimPython.FinishAsync(_process);
        return JsonSerializer.Deserialize<JsonElement[]>(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1])!;
    }

    /// <summary>Pixels of all frames in order of arrival.</summary>
    public Task<byte[]> PixelsAsync() => File.ReadAllBytesAsync(_pixels, TestContext.Current.CancellationToken);

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}
