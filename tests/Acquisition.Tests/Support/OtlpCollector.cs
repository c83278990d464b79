using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Acquisition.Tests.Support;

/// <summary>A collector of OpenTelemetry metrics on this machine, which reads protobuf by the published field numbers
/// (opentelemetry-proto, metrics/v1).</summary>
internal sealed class OtlpCollector : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _serving;

    public OtlpCollector()
    {
        using (var port = new TcpListener(IPAddress.Loopback, 0))
        {
            port.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)port.LocalEndpoint).Port}";
        }

        _listener.Prefixes.Add(Address + "/");
        _listener.Start();
        _serving = Task.Run(ServeAsync);
    }

    public string Address { get; }

    /// <summary>Path and content type of every request.</summary>
    public ConcurrentQueue<(string Path, string? ContentType)> Requests { get; } = new();

    /// <summary>What came last of each run, which is told by the attribute acquisition.run of every point: sums of the metrics over all
    /// other attributes.</summary>
    public ConcurrentDictionary<string, ConcurrentDictionary<string, double>> Runs { get; } = new();

    public void Dispose()
    {
        _listener.Close();
        _serving.Wait();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                Requests.Enqueue((context.Request.Url!.AbsolutePath, context.Request.ContentType));
                Read(body.ToArray());
                context.Response.ContentType = "application/x-protobuf";
                context.Response.Close(); // an empty message: everything was taken
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void Read(byte[] request)
    {
        foreach (byte[] metric in Fields(request, 1).SelectMany(resource => Fields(resource, 2)).SelectMany(scope => Fields(scope, 2)))
        {
            foreach (var run in Points(metric).GroupBy(point => point.Run, point => point.Value))
                Runs.GetOrAdd(run.Key, _ => new())[Text(metric, 1)] = run.Sum();
        }
    }

    /// <summary>The whole numbers of a sum or gauge; of a histogram how many durations it holds.</summary>
    private static IEnumerable<(string Run, double Value)> Points(byte[] metric) =>
    [
        .. from data in Fields(metric, 7).Concat(Fields(metric, 5))
           from point in Fields(data, 1)
           select (RunOf(point, attributes: 7), (double)Fixed64(point, 6)),
        .. from data in Fields(metric, 9)
           from point in Fields(data, 1)
           select (RunOf(point, attributes: 9), (double)Fixed64(point, 4)),
    ];

    private static string RunOf(byte[] point, int attributes) => Fields(point, attributes)
        .Where(attribute => Text(attribute, 1) == "acquisition.run")
        .Select(attribute => Text(Fields(attribute, 2).Single(), 1)).SingleOrDefault("");

    private static string Text(byte[] message, int field) => System.Text.Encoding.UTF8.GetString(Fields(message, field).Single());

    private static long Fixed64(byte[] message, int field) => Walk(message).Where(f => f.Field == field && f.Wire == 1).Sum(f => f.Number);

    private static IEnumerable<byte[]> Fields(byte[] message, int field) => Walk(message).Where(f => f.Field == field && f.Wire == 2).Select(f => f.Bytes);

    private static IEnumerable<(int Field, int Wire, long Number, byte[] Bytes)> Walk(byte[] message)
    {
        int at = 0;
        while (at < message.Length)
        {
            int key = (int)Varint();
            switch (key & 7)
            {
                case 0:
                    yield return (key >> 3, 0, Varint(), []);
                    break;
                case 1:
                    yield return (key >> 3, 1, BitConverter.ToInt64(message, at), []);
                    at += 8;
                    break;
                case 2:
                    int length = (int)Varint();
                    yield return (key >> 3, 2, 0, message[at..(at + length)]);
                    at += length;
                    break;
                case 5:
                    at += 4;
                    break;
                default:
                    throw new InvalidDataException($"Wire type {key & 7} at {at}.");
            }
        }

        long Varint()
        {
            long value = 0;
            for (int shift = 0; ; shift += 7)
            {
                byte part = message[at++];
                value |= (long)(part & 0x7F) << shift;
                if (part < 0x80) return value;
            }
        }
    }
}
