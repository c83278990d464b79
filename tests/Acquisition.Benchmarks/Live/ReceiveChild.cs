using System.Collections.Concurrent;
using System.Text;
using Acquisition.Storage.Files;
using NetMQ;
using NetMQ.Sockets;

namespace Acquisition.Benchmarks.Live;

/// <summary>What the machine does without the product: receives, and writes the same bytes with the same durability, each volume a
/// file that is flushed to the disk; a second thread writes while the first receives. Pixels go from the socket's memory to the file, or,
/// past the page cache, by way of the blocks that the program writes in.</summary>
internal static class ReceiveChild
{
    private const int MessagesWaiting = 16;

    /// <summary>Prints "stored", when the last volume lay on disk (Unix time, ns) and how long the process had computed (s).</summary>
    /// <param name="isDirect">Whether files are written past the page cache.</param>
    public static int Run(string address, string folder, int planes, bool isDirect)
    {
        using var socket = new PullSocket();
        socket.Options.ReceiveHighWatermark = 8;
        socket.Connect(address);
        using var pixels = new BlockingCollection<Part>(MessagesWaiting);
        var writer = new Thread(() => Write(pixels, folder, planes, isDirect)) { Name = "write" };
        writer.Start();
        Console.WriteLine("ready");
        while (Receive(socket, pixels)) { }
        pixels.CompleteAdding();
        writer.Join();
        Console.WriteLine($"stored {UnixClock.NowNs()} {Environment.CpuUsage.TotalTime.TotalSeconds}");
        return 0;
    }

    /// <returns>False at the scan's end.</returns>
    private static bool Receive(PullSocket socket, BlockingCollection<Part> pixels)
    {
        string topic = "";
        for (int i = 0; ; i++)
        {
            Msg part = default;
            part.InitEmpty();
            socket.TryReceive(ref part, TimeSpan.FromMilliseconds(-1));
            bool more = part.HasMore;
            if (i == 0) topic = Encoding.ASCII.GetString(part.Slice());
            if (i == 2) pixels.Add(new Part { Message = part });
            else part.Close();
            if (!more) return !topic.EndsWith(".end", StringComparison.Ordinal);
        }
    }

    private static void Write(BlockingCollection<Part> pixels, string folder, int planes, bool isDirect)
    {
        FileStream? file = null;
        BlockWriter? blocks = null;
        int count = 0;
        foreach (Part part in pixels.GetConsumingEnumerable())
        {
            Span<byte> bytes = part.Message.Slice();
            file ??= new FileStream(Path.Combine(folder, $"{count / planes}.raw"), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
            if (isDirect)
            {
                blocks ??= new BlockWriter(file.SafeFileHandle, (long)planes * bytes.Length, bytes.Length);
                bytes.CopyTo(blocks.Room(bytes.Length));
                blocks.Advance(bytes.Length);
            }
            else
            {
                file.Write(bytes);
            }

            part.Message.Close();
            if (++count % planes > 0) continue;
            blocks?.Finish();
            blocks?.Dispose();
            file.Flush(flushToDisk: true);
            file.Dispose();
            (file, blocks) = (null, null);
        }

        blocks?.Dispose();
        file?.Dispose();
    }

    /// <summary>Keeps a message in one place.</summary>
    private sealed class Part
    {
        public Msg Message;
    }
}
