using Acquisition.Core;
using Acquisition.HardwareSim.Faults;
using Acquisition.HardwareSim.Sending;
using Acquisition.Tests.Support;
using Acquisition.Transport;
using Xunit;

namespace Acquisition.Tests.HardwareSim;

/// <summary>Every fault does what it says to the frames it strikes, says how many it struck, and leaves the rest alone.</summary>
public sealed class FaultyStreamTests
{
    private const int Volumes = 10, Planes = 8, Frames = Volumes * Planes;
    private static readonly ScanPlan Plan = TransportPlans.Full with { TimePoints = Volumes, Shape = new(Planes, 4, 6), Channels = ["c0"] };

    [Fact]
    public void Without_faults_messages_pass_as_they_are()
    {
        string[] sent = [.. Stream().Select(item => Bytes(item.Message))];
        (Outgoing[] got, ScanSummary counts) = Apply(new FaultOptions());
        Assert.Equal(sent, got.Select(item => Bytes(item.Message)));
        Assert.Equal((0, 0, 0), (counts.Dropped, counts.Duplicated, counts.OtherScan));
        Assert.Equal(Frames, got.Count(item => item.IsOwnFrame));
    }

    [Fact]
    public void Cut_pixels_keep_the_length_that_the_header_claims()
    {
        (Outgoing[] got, ScanSummary counts) = Apply(new FaultOptions { Truncate = 0.25 });
        Outgoing[] cut = [.. got.Where(item => item.Message.IsFrame && item.Message.Parts[2].Length == Plan.PlaneBytes / 2)];
        AssertStruck(cut.Length, counts.Truncated);
        AssertOthersUntouched(got, cut);
        Assert.Equal(Bytes(Original(cut[0])[1]), Bytes(cut[0].Message.Parts[1]));
    }

    [Fact]
    public void A_wrong_length_is_one_byte_off_in_the_header()
    {
        (Outgoing[] got, ScanSummary counts) = Apply(new FaultOptions { CorruptLength = 0.25 });
        Outgoing[] wrong = [.. got.Where(item => item.Message.IsFrame && Bytes(item.Message.Parts[1]) != Bytes(Original(item)[1]))];
        AssertStruck(wrong.Length, counts.LengthsCorrupted);
        AssertOthersUntouched(got, wrong);
        FrameHeader header = wrong[0].Message.FrameHeader!.Value;
        WireMessage claimed = WireMessage.Frame(Plan.Stream, header, new byte[Plan.PlaneBytes + 1]);
        Assert.Equal(Bytes(claimed.Parts[1]), Bytes(wrong[0].Message.Parts[1]));
    }

    [Fact]
    public void A_wrong_index_lies_outside_every_volume()
    {
        (Outgoing[] got, ScanSummary counts) = Apply(new FaultOptions { WrongIndex = 0.25 });
        Outgoing[] wrong = [.. got.Where(item => item.Message.FrameHeader is { } header && !(Plan with { Shape = new(ScanPlan.MaxExtent, 4, 6) }).Contains(header.Index))];
        AssertStruck(wrong.Length, counts.IndicesWrong);
        AssertOthersUntouched(got, wrong);
    }

    [Fact]
    public void A_stray_index_names_one_of_the_three_volumes_after_the_frames_own()
    {
        (Outgoing[] got, ScanSummary counts) = Apply(new FaultOptions { StrayIndex = 0.25 });
        Outgoing[] stray = [.. got.Where(item => item.Message.FrameHeader is { } header && header.Index != Made((int)header.Sequence - 1).Index)];
        AssertStruck(stray.Length, counts.IndicesStray);
        AssertOthersUntouched(got, stray);
        Assert.Equal([1, 2, 3], stray.Select(item => item.Message.FrameHeader!.Value).Select(header => header.Index.T - Made((int)header.Sequence - 1).Index.T).Distinct().Order());
    }

    [Fact]
    public void A_corrupt_number_lies_far_ahead()
    {
        (Outgoing[] got, ScanSummary counts) = Apply(new FaultOptions { CorruptSequence = 0.25 });
        Outgoing[] wrong = [.. got.Where(item => item.IsOwnFrame && item.Message.Id!.Value.Sequence > Frames)];
        AssertStruck(wrong.Length, counts.SequencesCorrupted);
        AssertOthersUntouched(got, wrong);
        Assert.All(wrong, item => Assert.InRange(item.Message.Id!.Value.Sequence, 1_000_000_000UL, 2_000_000_000_000_000UL));
    }

    [Fact]
    public void A_corrupt_header_cannot_be_read_or_lacks_its_index()
    {
        (Outgoing[] got, ScanSummary counts) = Apply(new FaultOptions { CorruptHeader = 0.4 });
        Outgoing[] corrupt = [.. got.Where(item => item.Message is { IsFrame: true, FrameHeader: null })];
        AssertStruck(corrupt.Length, counts.HeadersCorrupted);
        AssertOthersUntouched(got, corrupt);
        Assert.Contains(corrupt, item => item.Message.Id is null);
        Assert.Contains(corrupt, item => item.Message.Id is not null); // the rest of the map is still one
    }

    [Fact]
    public void Clocks_jump_by_whole_hours_and_go_on_from_there()
    {
        (Outgoing[] got, ScanSummary counts) = Apply(new FaultOptions { ClockJump = 0.2 });
        long hour = 3_600_000_000_000;
        long[] shifts = [.. got.Where(item => item.Message.IsFrame).Select(item => item.Message.FrameHeader!.Value.SentUnixNs - Made(0).SentUnixNs)];
        Assert.All(shifts, shift => Assert.Equal(0, shift % hour));
        long[] jumps = [.. shifts.Prepend(0).Zip(shifts, (before, after) => (after - before) / hour).Where(jump => jump != 0)];
        AssertStruck(jumps.Length, counts.ClockJumps);
        Assert.Equal([-1, 1], jumps.Distinct().Order());
        Assert.All(got.Where(item => item.Message.IsFrame), item =>
        {
            FrameHeader said = item.Message.FrameHeader!.Value;
            Assert.Equal(said.SentUnixNs - Made(0).SentUnixNs, said.CameraStampNs - Made(0).CameraStampNs);
        });
    }

    [Fact]
    public void Frames_of_a_window_leave_in_another_order_and_none_is_lost()
    {
        (Outgoing[] got, _) = Apply(new FaultOptions { ReorderWindow = 4 });
        FrameIndex[] order = [.. got.Where(item => item.Message.IsFrame).Select(item => item.Message.FrameHeader!.Value.Index)];
        FrameIndex[] made = [.. Enumerable.Range(0, Frames).Select(n => Made(n).Index)];
        Assert.NotEqual(made, order);
        Assert.Equal(made, order.OrderBy(index => index.T).ThenBy(index => index.Z));
        for (int i = 0; i < Frames; i++) Assert.InRange(Array.IndexOf(made, order[i]) - i, -Planes, 3); // early by what waits, late within the volume
        Assert.All(Enumerable.Range(0, Volumes), t => Assert.Single(order[(t * Planes)..((t + 1) * Planes)].Select(index => index.T).Distinct()));
        AssertOthersUntouched(got, []);
    }

    [Fact]
    public void Delayed_frames_leave_when_their_time_has_come_and_before_the_end()
    {
        TimeSpan by = TimeSpan.FromMilliseconds(35); // frames are 10 ms apart
        (Outgoing[] got, ScanSummary counts) = Apply(new FaultOptions { Delay = 0.2, DelayBy = by });
        Outgoing[] late = [.. got.Where(item => item.IsDelayed)];
        AssertStruck(late.Length, counts.Delayed);
        AssertOthersUntouched(got, []);
        Assert.True(got[^1].Message.IsEnd);
        for (int i = 0; i < got.Length; i++)
        {
            if (!got[i].IsDelayed) continue;
            TimeSpan due = got[i].At + by;
            Outgoing next = got[i..].First(item => !item.IsDelayed);
            Assert.True(next.Message.IsEnd || next.At >= due);
            Assert.True(got[..i].Last(item => !item.IsDelayed).At < due);
        }
    }

    [Fact]
    public void A_second_scan_strikes_the_same_frames_under_the_same_id_each_time()
    {
        (Outgoing[] got, ScanSummary counts) = Apply(new FaultOptions { SecondScan = true, Seed = 3 });
        (Outgoing[] again, _) = Apply(new FaultOptions { SecondScan = true, Seed = 3 });
        WireMessage[] foreign = [.. got.Where(item => item.Message.IsFrame && !item.IsOwnFrame).Select(item => item.Message)];
        AssertStruck(foreign.Length, counts.OtherScan);
        Assert.NotEqual(Plan.ScanId, Assert.Single(foreign.Select(message => message.Id!.Value.ScanId).Distinct()));
        Assert.Equal(Enumerable.Range(0, foreign.Length).Select(n => (ulong)n), foreign.Select(message => message.Id!.Value.Sequence));
        Assert.Equal(got.Select(item => Bytes(item.Message)), again.Select(item => Bytes(item.Message)));
    }

    private static FrameHeader Made(int n) => TransportPlans.Frame(1 + (ulong)n, new FrameIndex(n / Planes, 0, n % Planes)) with { Height = 4, Width = 6 };

    /// <summary>A stream that lends one plane's memory again and again, as sources do.</summary>
    private static IEnumerable<Outgoing> Stream()
    {
        byte[] plane = new byte[Plan.PlaneBytes];
        for (int n = 0; n < Frames; n++)
        {
            TimeSpan at = TimeSpan.FromMilliseconds(10 * n);
            if (n % Planes == 0) yield return new Outgoing(at, WireMessage.Start(Plan, 0, repeat: n > 0));
            new Random(n).NextBytes(plane);
            yield return new Outgoing(at, WireMessage.Frame(Plan.Stream, Made(n), plane));
        }

        WireMessage end = WireMessage.End(Plan.Stream, new ScanEnd(Plan.ScanId, Frames + 1, Frames, "completed", ""));
        yield return new Outgoing(TimeSpan.FromMilliseconds(10 * Frames), end.With("t_ns", 0L)); // it says when it was made
    }

    private static (Outgoing[] Got, ScanSummary Counts) Apply(FaultOptions faults)
    {
        var counts = new ScanSummary { Scan = Plan.ScanId, Truth = null, Address = "" };
        Outgoing[] got = [.. new FaultyStream(faults, counts).Apply(Stream()).Select(item => item.Keep())];
        return (got, counts);
    }

    /// <summary>Parts of the frame as it was made; a corrupt header does not say which it is, but its pixels do.</summary>
    private static IReadOnlyList<ReadOnlyMemory<byte>> Original(Outgoing item) => Stream().Select(made => made.Message.Copy())
        .First(made => made.IsFrame && Bytes(made.Parts[2]).StartsWith(Bytes(item.Message.Parts[2]), StringComparison.Ordinal)).Parts;

    private static void AssertStruck(int found, long counted)
    {
        Assert.InRange(found, 2, Frames / 2);
        Assert.Equal(found, counted);
    }

    private static void AssertOthersUntouched(Outgoing[] got, Outgoing[] struck)
    {
        string[] made = [.. Stream().Where(item => item.Message.IsFrame).Select(item => Bytes(item.Message))];
        string[] whole = [.. got.Except(struck).Where(item => item.Message.IsFrame).Select(item => Bytes(item.Message))];
        Assert.Equal(Frames - struck.Length, whole.Length);
        Assert.Empty(whole.Except(made));
    }

    private static string Bytes(WireMessage message) => string.Join('|', message.Parts.Select(Bytes));

    private static string Bytes(ReadOnlyMemory<byte> part) => Convert.ToHexString(part.Span);
}
