using System.Diagnostics;
using System.Text.Json;
using Acquisition.Core;
using Acquisition.Tests.Support;
using Acquisition.Transport;
using Acquisition.Transport.Recording;
using Xunit;

namespace Acquisition.Tests.Transport;

public sealed class RecordingTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Messages of a source, and some that no source should send.</summary>
    private static readonly WireMessage[] Messages =
    [
        WireMessage.Start(TransportPlans.Full, 0, repeat: false),
        WireMessage.Frame("cam-1", TransportPlans.Frame(1, new FrameIndex(0, 0, 0)), TransportPlans.Pixels(seed: 1)),
        new("nonsense"u8.ToArray()),
        new("acq.cam-1.frame"u8.ToArray(), new byte[] { 0xC1 }, ReadOnlyMemory<byte>.Empty, new byte[70_000], new byte[3], new byte[1]),
        WireMessage.End("cam-1", new ScanEnd(Guid.NewGuid(), 9, 9, "completed", "another scan's")),
        WireMessage.Frame("cam-1", TransportPlans.Frame(2, new FrameIndex(0, 0, 1)), TransportPlans.Pixels(seed: 2)),
        WireMessage.End("cam-1", new ScanEnd(TransportPlans.ScanId, 3, 2, "completed", "")),
    ];

    private readonly StorageFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_message_is_kept_as_it_came_until_the_scan_ends()
    {
        string path = _folder["scan.wire"];
        long before = UnixNs();
        using (var sender = new FrameSender(new SenderOptions { Address = "tcp://127.0.0.1:*" }))
        using (var writer = new RecordingWriter(path))
        {
            var recorder = new WireRecorder(new SourceOptions { Address = sender.BoundAddress }, keepGoing: false, idleTimeout: Patience);
            Task<RecordingSummary> recording = Task.Run(
                () => recorder.Record(writer, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
            foreach (WireMessage message in Messages) Assert.True(sender.TrySend(message, Patience));
            RecordingSummary summary = await recording.WaitAsync(Patience, TestContext.Current.CancellationToken);
            Assert.Equal((1, 3, 2, 1, "the scan has ended"), (summary.Starts, summary.Frames, summary.Ends, summary.Others, summary.Reason));
            Assert.Equal(new FileInfo(path).Length, writer.Bytes);
        }

        RecordedMessage[] read = ReadAll(path, out string? torn);
        Assert.Null(torn);
        Assert.Equal(Messages.Select(Hex), read.Select(recorded => Hex(recorded.Message)));
        Assert.All(read, recorded => Assert.InRange(recorded.ArrivedUnixNs, before, UnixNs()));

        // A reader that knows nothing but the format's description finds the same.
        JsonElement[] lines = [.. StorageOracles.RunPython("read_recording.py", path).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(
            Messages.Select(Hex),
            lines.Select(line => string.Join('|', line.GetProperty("parts").EnumerateArray().Select(part => part.GetString()!.ToUpperInvariant()))));
        Assert.Equal(read.Select(recorded => recorded.ArrivedUnixNs), lines.Select(line => line.GetProperty("arrival").GetInt64()));
    }

    [Fact]
    public async Task Told_to_keep_going_it_ends_with_silence_or_a_signal()
    {
        using var sender = new FrameSender(new SenderOptions { Address = "tcp://127.0.0.1:*" });
        using var writer = new RecordingWriter(_folder["scan.wire"]);
        using var silent = new RecordingWriter(_folder["silent.wire"]);
        using var stop = new CancellationTokenSource();
        var source = new SourceOptions { Address = sender.BoundAddress };
        Task<RecordingSummary> recording = Task.Run(
            () => new WireRecorder(source, keepGoing: true, idleTimeout: TimeSpan.FromSeconds(3)).Record(writer, CancellationToken.None),
            TestContext.Current.CancellationToken);
        foreach (WireMessage message in Messages) Assert.True(sender.TrySend(message, Patience));
        foreach (WireMessage message in Messages) Assert.True(sender.TrySend(message, Patience));
        RecordingSummary summary = await recording.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal((2 * Messages.Length, "nothing came for 3 s"), (summary.Messages, summary.Reason));

        await stop.CancelAsync();
        summary = new WireRecorder(source, keepGoing: true, idleTimeout: null).Record(silent, stop.Token);
        Assert.Equal((0, "stopped by the user"), (summary.Messages, summary.Reason));
        Assert.Empty(ReadAll(silent.Location, out string? torn));
        Assert.Null(torn);
    }

    [Fact]
    public void Whatever_is_cut_off_the_whole_messages_before_it_are_read()
    {
        string path = _folder["scan.wire"], cut = _folder["cut.wire"];
        var ends = new List<long>();
        WireMessage[] small = [.. Messages.Where(message => message.Bytes < 1_000)];
        using (var writer = new RecordingWriter(path))
        {
            ends.Add(writer.Bytes);
            foreach (WireMessage message in small)
            {
                writer.Append(5, message.Parts.Count, i => message.Parts[i].Span);
                ends.Add(writer.Bytes);
            }
        }

        byte[] whole = File.ReadAllBytes(path);
        for (int length = (int)ends[0]; length <= whole.Length; length++)
        {
            File.WriteAllBytes(cut, whole[..length]);
            RecordedMessage[] read = ReadAll(cut, out string? torn);
            Assert.Equal(ends.Count(end => end <= length) - 1, read.Length);
            Assert.Equal(small.Take(read.Length).Select(Hex), read.Select(recorded => Hex(recorded.Message)));
            Assert.Equal(ends.Contains(length), torn is null);
            if (torn is not null) Assert.Contains($"from byte {ends[read.Length]} on", torn, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Any_bit_that_has_changed_ends_reading_before_its_message()
    {
        string path = _folder["scan.wire"];
        using (var writer = new RecordingWriter(path))
        {
            for (int i = 0; i < 3; i++) writer.Append(i, 2, part => part == 0 ? "topic"u8 : "header"u8);
        }

        byte[] whole = File.ReadAllBytes(path);
        int record = (whole.Length - 12) / 3;
        for (int bit = 0; bit < record * 8; bit++)
        {
            byte[] damaged = [.. whole];
            damaged[12 + record + bit / 8] ^= (byte)(1 << bit % 8);
            File.WriteAllBytes(path, damaged);
            Assert.Single(ReadAll(path, out string? torn));
            Assert.NotNull(torn);
        }
    }

    [Fact]
    public void What_is_no_recording_is_refused()
    {
        File.WriteAllText(_folder["text"], "acq-wirf and more");
        Assert.Contains("is no recording", Assert.Throws<DataFormatException>(() => RecordingReader.Open(_folder["text"])).Message, StringComparison.Ordinal);
        File.WriteAllBytes(_folder["newer"], [.. "acq-wire"u8, 2, 0, 0, 0]);
        Assert.Contains("version 2", Assert.Throws<DataFormatException>(() => RecordingReader.Open(_folder["newer"])).Message, StringComparison.Ordinal);
        Assert.Contains("nowhere", Assert.Throws<StorageException>(() => RecordingReader.Open(_folder["nowhere"])).Message, StringComparison.Ordinal);
        Assert.Contains("never overwritten", Assert.Throws<StorageException>(() => new RecordingWriter(_folder["text"])).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be made", Assert.Throws<StorageException>(() => new RecordingWriter(_folder["a/b"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_is_named_and_what_lies_before_it_can_be_read()
    {
        string disk = _folder["disk"];
        Directory.CreateDirectory(disk);
        Assert.SkipUnless(OperatingSystem.IsLinux() && Runs("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk), "Mounting needs Linux and its administrator.");
        try
        {
            string path = Path.Combine(disk, "scan.wire");
            byte[] pixels = new byte[60_000];
            StorageException? fault = null;
            int written = 0;
            using (var writer = new RecordingWriter(path))
            {
                while (fault is null && written < 10)
                {
                    fault = (StorageException?)Record.Exception(() => writer.Append(written, 1, _ => pixels));
                    if (fault is null) written++;
                }
            }

            Assert.NotNull(fault);
            Assert.Contains($"first {written} message(s) can be read", fault.Message, StringComparison.Ordinal);
            Assert.Equal(4, written);
            Assert.Equal(written, ReadAll(path, out _).Length);
        }
        finally
        {
            Assert.True(Runs("umount", disk));
        }
    }

    private static RecordedMessage[] ReadAll(string path, out string? torn)
    {
        using RecordingReader reader = RecordingReader.Open(path);
        var messages = new List<RecordedMessage>();
        while (reader.Next() is { } message) messages.Add(message);
        Assert.Null(reader.Next());
        torn = reader.TornTail;
        return [.. messages];
    }

    private static long UnixNs() => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;

    private static string Hex(WireMessage message) => string.Join('|', message.Parts.Select(part => Convert.ToHexString(part.Span)));

    private static bool Runs(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
