using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.HardwareSim.Replay;
using Acquisition.HardwareSim.Sending;
using Acquisition.Storage;
using Acquisition.Tests.Support;
using Acquisition.Transport;
using Acquisition.Transport.Recording;
using Xunit;

namespace Acquisition.Tests.HardwareSim;

public sealed class ReplayStreamTests : IDisposable
{
    private static readonly Speed Max = new(double.PositiveInfinity);

    private readonly HardwareSimFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_recording_goes_out_byte_for_byte_at_the_times_it_came()
    {
        WireMessage[] messages =
        [
            WireMessage.Start(TransportPlans.Full, 0, repeat: false), new("nonsense"u8.ToArray()),
            WireMessage.Frame("cam-1", TransportPlans.Frame(1, default), TransportPlans.Pixels(1)),
            WireMessage.End("cam-1", new ScanEnd(TransportPlans.ScanId, 2, 1, "completed", "")),
        ];
        string path = Recorded([1_000_000_000, 1_002_000_000, 1_001_000_000, 1_010_000_000], messages);

        using var stream = new RecordingStream(path, new Speed(2), newScanId: false, TextWriter.Null);
        Outgoing[] sent = [.. stream.Messages(new Pacer(TimeProvider.System), CancellationToken.None)];

        Assert.Equal(messages.Select(Hex), sent.Select(item => Hex(item.Message)));
        Assert.Equal([0, 1, 1, 5], sent.Select(item => item.At.TotalMilliseconds)); // a clock that was set back costs nothing
        Assert.Equal(TransportPlans.ScanId, stream.ScanId);
        using var flatOut = new RecordingStream(path, Max, newScanId: false, TextWriter.Null);
        Assert.All(flatOut.Messages(new Pacer(TimeProvider.System), CancellationToken.None), item => Assert.Equal(TimeSpan.Zero, item.At));
    }

    [Fact]
    public void A_new_id_changes_the_id_alone()
    {
        WireMessage[] messages =
        [
            WireMessage.Start(TransportPlans.Full, 0, repeat: false),
            WireMessage.Frame("cam-1", TransportPlans.Frame(1, default), TransportPlans.Pixels(1)),
            WireMessage.End("cam-1", new ScanEnd(TransportPlans.ScanId, 2, 1, "completed", "")),
        ];
        using var stream = new RecordingStream(Recorded([0, 0, 0], messages), Max, newScanId: true, TextWriter.Null);
        Outgoing[] sent = [.. stream.Messages(new Pacer(TimeProvider.System), CancellationToken.None)];

        Assert.NotEqual(TransportPlans.ScanId, stream.ScanId);
        Assert.All(sent, item => Assert.Equal(stream.ScanId, item.Message.Id!.Value.ScanId));
        Assert.Equal(messages.Select(Hex), sent.Select(item => Hex(item.Message.WithScan(TransportPlans.ScanId))));
    }

    [Fact]
    public void A_torn_recording_is_sent_as_far_as_it_goes_and_says_so()
    {
        string path = Recorded([0, 0], WireMessage.Start(TransportPlans.Full, 0, repeat: false), new WireMessage("torn"u8.ToArray()));
        using (FileStream file = File.OpenWrite(path)) file.SetLength(file.Length - 1);
        using var notes = new StringWriter();
        using var stream = new RecordingStream(path, Max, newScanId: false, notes);
        Assert.True(Assert.Single(stream.Messages(new Pacer(TimeProvider.System), CancellationToken.None)).Message.IsStart);
        Assert.Contains("cut off", notes.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_goes_out_as_its_planes_came_without_those_that_did_not()
    {
        ScanPlan plan = TransportPlans.Full with { TimePoints = 2, Shape = new(3, 4, 6), Channels = ["a", "b"], UserJson = "{}" };
        (VolumeIndex Index, int[] Missing, double FirstMs, double LastMs)[] volumes =
            [(new(0, 0), [], 0, 8), (new(0, 1), [1], 4, 6), (new(1, 0), [], 20, 20)];
        string run = Stored(plan, volumes);

        foreach (string place in (string[])[run, Path.Combine(run, "raw.zarr")])
        {
            using var stream = new StoredScanStream(place, new Speed(1), newScanId: false);
            Outgoing[] sent = [.. stream.Messages(new Pacer(TimeProvider.System), CancellationToken.None).Select(item => item.Keep())];
            Outgoing[] frames = [.. sent.Where(item => item.Message.IsFrame)];
            (double Ms, int T, int C, int Z)[] expected =
                [(0, 0, 0, 0), (4, 0, 0, 1), (4, 0, 1, 0), (6, 0, 1, 2), (8, 0, 0, 2), (20, 1, 0, 0), (20, 1, 0, 1), (20, 1, 0, 2)];
            Assert.Equal(expected, frames.Select(item =>
            {
                FrameIndex index = item.Message.FrameHeader!.Value.Index;
                return (item.At.TotalMilliseconds, index.T, index.C, index.Z);
            }));
            Assert.All(frames, item =>
            {
                FrameIndex index = item.Message.FrameHeader!.Value.Index;
                Assert.Equal(Plane(plan, index), item.Message.Parts[2].ToArray());
            });
            Assert.Equal(Enumerable.Range(1, 8).Select(n => (ulong)n), frames.Select(item => item.Message.Id!.Value.Sequence));
            Assert.Equal(Hex(WireMessage.Start(plan, 0, repeat: false).With("t_ns", 0L)), Hex(sent[0].Message.With("t_ns", 0L)));
            Assert.Equal(3, sent.Count(item => item.Message.IsStart));
            Assert.True(sent[^1].Message.IsEnd);
            Assert.Equal(sent.Length, frames.Length + 4);
        }
    }

    [Fact]
    public void Without_a_ledger_the_dataset_tells_the_plan_and_its_interval_the_times()
    {
        ScanPlan plan = TransportPlans.Full with { TimePoints = 2, Shape = new(3, 4, 6), Channels = ["a"], Interval = TimeSpan.FromMilliseconds(6), UserJson = "{}" };
        string run = Stored(plan, [(new(0, 0), [], 0, 1), (new(1, 0), [], 50, 51)]);
        File.Delete(Path.Combine(run, "ledger.jsonl"));

        using var stream = new StoredScanStream(run, new Speed(1), newScanId: true);
        Outgoing[] frames = [.. stream.Messages(new Pacer(TimeProvider.System), CancellationToken.None).Where(item => item.Message.IsFrame)];
        Assert.Equal([0, 3, 6, 6, 9, 12], frames.Select(item => item.At.TotalMilliseconds));
        Assert.NotEqual(plan.ScanId, stream.ScanId);
    }

    [Fact]
    public void What_is_no_run_is_refused_with_its_name()
    {
        Assert.Contains(_folder["nowhere"], Assert.ThrowsAny<AcquisitionException>(() => StoredScan.Open(_folder["nowhere"])).Message, StringComparison.Ordinal);
        string run = Stored(TransportPlans.Full with { UserJson = "{}" }, []);
        Assert.Contains("stored no volume", Assert.Throws<DataFormatException>(() => new StoredScanStream(run, Max, newScanId: false)).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(run, "ledger.jsonl"), """{"at":"2026-01-01T00:00:00Z","kind":"warning","message":"x"}""");
        Assert.Contains("scan-started", Assert.Throws<DataFormatException>(() => StoredScan.Open(run)).Message, StringComparison.Ordinal);
    }

    private string Recorded(long[] arrivalsNs, params WireMessage[] messages)
    {
        string path = _folder["scan.wire"];
        using var writer = new RecordingWriter(path);
        foreach ((long arrived, WireMessage message) in arrivalsNs.Zip(messages)) writer.Append(arrived, message.Parts.Count, i => message.Parts[i].Span);
        return path;
    }

    /// <summary>A run's folder as the program leaves it, with the given volumes.</summary>
    private string Stored(ScanPlan plan, (VolumeIndex Index, int[] Missing, double FirstMs, double LastMs)[] volumes)
    {
        var start = new DateTimeOffset(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);
        using RunFolder run = RunFolder.Create(new StorageOptions { Root = _folder["runs"] }, plan, "", start);
        IVolumeStore raw = run.CreateRaw(plan);
        run.AppendLedger(LedgerKinds.ScanStarted, new ScanStarted(plan, "fingerprint", ImmutableSortedDictionary<string, string>.Empty));
        using var pool = new VolumePool(1 << 20);
        foreach ((VolumeIndex index, int[] missing, double firstMs, double lastMs) in volumes)
        {
            VolumeBuffer volume = pool.TryRent(plan.Shape, plan.PixelType)!;
            for (int z = 0; z < plan.Shape.Z; z++) Plane(plan, new FrameIndex(index.T, index.C, z)).CopyTo(volume.Plane(z));
            raw.Write(index, volume);
            volume.Release();
            run.AppendLedger(LedgerKinds.VolumeStored, new VolumeStored(
                index, plan.Shape.Z - missing.Length, [.. missing], start.AddMilliseconds(firstMs), start.AddMilliseconds(lastMs), 0, ImmutableSortedDictionary<string, long>.Empty));
        }

        return run.Folder;
    }

    private static byte[] Plane(ScanPlan plan, FrameIndex index)
    {
        byte[] plane = new byte[plan.PlaneBytes];
        new Random(index.T * 100 + index.C * 10 + index.Z).NextBytes(plane);
        return plane;
    }

    private static string Hex(WireMessage message) => string.Join('|', message.Parts.Select(part => Convert.ToHexString(part.Span)));
}
