using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text.Json;
using Xunit;

namespace Acquisition.Tests.Support;

/// <summary>What a page does on its WebSocket, written from the protocol's description alone.</summary>
internal sealed class ViewerPage(ClientWebSocket socket) : IDisposable
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Headers of volumes and slices that came, and their samples.</summary>
    public List<(JsonElement Header, byte[] Payload)> Seen { get; } = [];

    /// <summary>Messages in words that came, in order.</summary>
    public List<JsonElement> Heard { get; } = [];

    public static async Task<ViewerPage> OpenAsync(string url, Action<ClientWebSocketOptions>? configure = null)
    {
        var socket = new ClientWebSocket();
        configure?.Invoke(socket.Options);
        await socket.ConnectAsync(new Uri(url.Replace("http", "ws", StringComparison.Ordinal) + "/live"), Cancel);
        return new ViewerPage(socket);
    }

    public Task SayAsync(object message) =>
        socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, endOfMessage: true, Cancel);

    public Task SayAsync(string text) =>
        socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, Cancel);

    public Task LookAsync(params object[] views) => SayAsync(new { type = "look", views, budget_voxels = 1 << 23 });

    public Task AcknowledgeAsync(JsonElement header) => SayAsync(new { type = "ack", id = header.GetProperty("id").GetInt64() });

    /// <summary>Reads until a message in words comes that is wanted; binary ones are kept.</summary>
    public async Task<JsonElement> HearAsync(string type, Predicate<JsonElement>? wanted = null)
    {
        while (true)
        {
            if (await ReadAsync() is { } text && text.GetProperty("type").GetString() == type && wanted?.Invoke(text) != false) return text;
        }
    }

    /// <summary>Reads until something to see comes.</summary>
    public async Task<(JsonElement Header, byte[] Payload)> SeeAsync()
    {
        while (await ReadAsync() is not null) { }
        return Seen[^1];
    }

    /// <summary>Reads until the other side closes, and returns why.</summary>
    public async Task<WebSocketCloseStatus?> ClosedAsync()
    {
        try
        {
            while (socket.State == WebSocketState.Open) await ReadAsync();
        }
        catch (WebSocketException)
        {
            // It says why below, if it said so before it went.
        }

        return socket.CloseStatus;
    }

    public void Dispose() => socket.Dispose();

    /// <returns>A message in words; <see langword="null"/> when it was a binary one.</returns>
    private async Task<JsonElement?> ReadAsync()
    {
        using var whole = new MemoryStream();
        var part = new byte[64 << 10];
        WebSocketReceiveResult got;
        do
        {
            got = await socket.ReceiveAsync(part, Cancel);
            whole.Write(part, 0, got.Count);
        }
        while (!got.EndOfMessage);
        if (got.MessageType == WebSocketMessageType.Close) throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely);
        byte[] bytes = whole.ToArray();
        if (got.MessageType == WebSocketMessageType.Text)
        {
            Heard.Add(JsonDocument.Parse(bytes).RootElement);
            return Heard[^1];
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        int start = (4 + length + 7) / 8 * 8;
        Assert.All(bytes[(4 + length)..start], padding => Assert.Equal(0, padding));
        Seen.Add((JsonDocument.Parse(bytes.AsMemory(4, length)).RootElement, bytes[start..]));
        return null;
    }
}
