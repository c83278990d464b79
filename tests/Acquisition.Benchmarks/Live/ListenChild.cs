using System.Globalization;
using System.Text.Json;
using Acquisition.Transport.Wire;
using MessagePack;
using NetMQ;
using NetMQ.Sockets;

namespace Acquisition.Benchmarks.Live;

/// <summary>A subscriber as a process of its own: says when each volume came, and how the run stands.</summary>
internal static class ListenChild
{
    /// <summary>A volume that came.</summary>
    /// <param name="UnixNs">When all of it was there.</param>
    /// <param name="LagMs">From its last frame's arrival at the program to its restoration.</param>
    public sealed record Heard(int TimePoint, long UnixNs, string Method, double LagMs);

    /// <summary>Prints a line of JSON for each volume, and "tuned" for each status of a run that has a model and is not tuning.</summary>
    public static int Run(string address)
    {
        using var socket = new SubscriberSocket();
        socket.Options.ReceiveHighWatermark = 1000;
        socket.Connect(address);
        socket.Subscribe("acq.");
        Console.WriteLine("ready");
        while (true)
        {
            JsonElement info = default;
            bool more = true;
            for (int i = 0; more; i++)
            {
                Msg part = default;
                part.InitEmpty();
                socket.TryReceive(ref part, TimeSpan.FromMilliseconds(-1));
                more = part.HasMore;
                if (i == 1) info = Decode(part.Slice().ToArray());
                part.Close();
            }

            long now = UnixClock.NowNs();
            if (info.GetProperty("kind").GetString() == "volume")
            {
                Console.WriteLine(JsonSerializer.Serialize(new Heard(
                    info.GetProperty("index").GetProperty("t").GetInt32(), now, info.GetProperty("method").GetString()!, info.GetProperty("lag_ms").GetDouble())));
            }
            else if (info.GetProperty("tuning").ValueKind == JsonValueKind.Null && info.GetProperty("models").EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } model)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"tuned {model.GetProperty("method").GetString()}"));
            }
        }
    }

    public static Child Start(string address)
    {
        var child = Child.Start("Acquisition.Benchmarks", "listen", address);
        child.WaitFor(lines => lines.Contains("ready"));
        return child;
    }

    public static IEnumerable<Heard> Volumes(IEnumerable<string> lines) =>
        lines.Where(line => line.StartsWith('{')).Select(line => JsonSerializer.Deserialize<Heard>(line)!);

    /// <summary>A header as JSON.</summary>
    public static JsonElement Decode(byte[] header)
    {
        var reader = new MessagePackReader(header);
        using var document = JsonDocument.Parse(UserMap.ReadJson(ref reader));
        return document.RootElement.Clone();
    }
}
