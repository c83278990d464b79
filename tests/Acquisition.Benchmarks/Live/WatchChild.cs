using System.Buffers.Binary;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Acquisition.Benchmarks.Live;

/// <summary>People who look at a scan, as one process: each takes what the viewer shows newest and acknowledges it, as the page does.</summary>
internal static class WatchChild
{
    /// <summary>What a page asks for that shows raw and restored side by side and follows the newest volume.</summary>
    private const string Look =
        """{"type":"look","views":[{"kind":"raw","c":0,"t":null},{"kind":"restored","c":0,"t":null}],"budget_voxels":8388608,"at":{"z":8,"y":256,"x":256}}""";

    /// <summary>Prints "ready" once all have connected, and "seen" with how often planes of restored volumes came, and with how many whole
    /// restored volumes, once the viewer closes.</summary>
    /// <param name="readers">How many read all that comes.</param>
    /// <param name="stalled">How many never read.</param>
    public static async Task<int> RunAsync(string page, int readers, int stalled)
    {
        var origin = new Uri(page);
        var live = new UriBuilder(origin) { Scheme = "ws", Path = "/live" }.Uri;
        var sockets = new List<ClientWebSocket>();
        for (int i = 0; i < readers + stalled; i++)
        {
            var socket = new ClientWebSocket();
            socket.Options.SetRequestHeader("Origin", origin.GetLeftPart(UriPartial.Authority));
            await socket.ConnectAsync(live, CancellationToken.None).ConfigureAwait(false);
            await Send(socket, Look).ConfigureAwait(false);
            sockets.Add(socket);
        }

        Console.WriteLine("ready");
        (int Planes, int Volumes)[] seen = await Task.WhenAll(sockets.Take(readers).Select(WatchAsync)).ConfigureAwait(false);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seen {seen.Sum(each => each.Planes)} {seen.Sum(each => each.Volumes)}"));
        foreach (ClientWebSocket socket in sockets) socket.Dispose();
        return 0;
    }

    public static Child Start(string page, int readers, int stalled)
    {
        // People look from machines of their own; their processors are not what is measured.
        var child = Child.Start("Acquisition.Benchmarks", [], ["watch", page, $"{readers}", $"{stalled}"], yields: true);
        child.WaitFor(lines => lines.Contains("ready"));
        return child;
    }

    private static async Task<(int Planes, int Volumes)> WatchAsync(ClientWebSocket socket)
    {
        byte[] buffer = new byte[1 << 16];
        byte[] head = new byte[8192];
        int planes = 0, volumes = 0;
        try
        {
            while (true)
            {
                int length = 0;
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).ConfigureAwait(false);
                    if (length < head.Length) buffer.AsSpan(0, Math.Min(part.Count, head.Length - length)).CopyTo(head.AsSpan(length));
                    length += part.Count;
                }
                while (!part.EndOfMessage);
                if (part.MessageType == WebSocketMessageType.Close) return (planes, volumes);
                if (part.MessageType != WebSocketMessageType.Binary) continue;
                using var header = JsonDocument.Parse(head.AsMemory(4, BinaryPrimitives.ReadInt32LittleEndian(head)));
                if (header.RootElement.GetProperty("kind").GetString() == "restored") _ = header.RootElement.GetProperty("type").GetString() == "sections" ? planes++ : volumes++;
                await Send(socket, string.Create(CultureInfo.InvariantCulture, $$"""{"type":"ack","id":{{header.RootElement.GetProperty("id").GetInt64()}}}""")).ConfigureAwait(false);
            }
        }
        catch (WebSocketException)
        {
            return (planes, volumes); // the program has ended
        }
    }

    private static Task Send(ClientWebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
}
