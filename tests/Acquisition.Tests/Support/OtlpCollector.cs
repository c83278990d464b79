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

    /// <summary>Every metric and its sum, as they came.</summary>
    public ConcurrentQueue<(string Metric, double Sum)> Heard { get; } = new();

    /// <summary>Names of the metrics of each meter that came, by the meter's tag acquisition.run.</summary>
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
        foreach (byte[] resource in Fields(request, 1))
            foreach (byte[] scopeMetrics in Fields(resource, 2))
            {
                string run = Fields(scopeMetrics, 1).SelectMany(scope => Fields(scope, 3))
                    .Where(attribute => Text(attribute, 1) == "acquisition.run")
                    .Select(attribute => Text(Fields(attribute, 2).Single(), 1)).SingleOrDefault("");
                var metrics = Runs.GetOrAdd(run, _ => new());
                foreach (byte[] metric in Fields(scopeMetrics, 2))
                {
                    metrics[Text(metric, 1)] = Sum(metric);
                    Heard.Enqueue((Text(metric, 1), Sum(metric)));
                }
            }
    }

    /// <summary>Sum of whole numbers over all tags of a sum or gauge; how many durations a histogram holds.</summary>
    private static double Sum(byte[] metric) =>
        Fields(metric, 7).Concat(Fields(metric, 5)).SelectMany(data => Fields(data, 1)).Sum(point => (double)Fixed64(point, 6))
        + Fields(metric, 9).SelectMany(data => Fields(data, 1)).Sum(point => (double)Fixed64(point, 4));

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
