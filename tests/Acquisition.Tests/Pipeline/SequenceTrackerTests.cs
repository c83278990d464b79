using Acquisition.Pipeline.Assembly;
using Xunit;

namespace Acquisition.Tests.Pipeline;

public sealed class SequenceTrackerTests
{
    [Fact]
    public void An_unbroken_sequence_has_no_faults()
    {
        var tracker = new SequenceTracker();
        for (ulong n = 0; n < 200_000; n++) tracker.Note(n);
        Assert.Equal((0, 0, 0), (tracker.Lost, tracker.Repeated, tracker.Disordered));
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void Random_loss_repetition_and_disorder_are_counted_as_a_set_would(int seed)
    {
        var random = new Random(seed);
        List<ulong> sent = [.. Enumerable.Range(0, 5000).Select(n => (ulong)n).Where(_ => random.NextDouble() > 0.02)];
        sent.AddRange(sent.Where(_ => random.NextDouble() < 0.03).ToList());
        ulong[] order = [.. sent.OrderBy(n => (double)n + 40 * random.NextDouble())];

        var tracker = new SequenceTracker();
        var seen = new HashSet<ulong>();
        ulong highest = 0;
        int repeated = 0, disordered = 0;
        foreach (ulong n in order)
        {
            tracker.Note(n);
            if (!seen.Add(n)) repeated++;
            else if (n < highest) disordered++;
            highest = Math.Max(highest, n);
        }

        Assert.Equal((long)(seen.Max() - seen.Min()) + 1 - seen.Count, tracker.Lost);
        Assert.Equal(repeated, tracker.Repeated);
        Assert.Equal(disordered, tracker.Disordered);
    }

    [Fact]
    public void A_leap_beyond_the_window_counts_everything_between_as_lost()
    {
        var tracker = new SequenceTracker();
        tracker.Note(5);
        tracker.Note(1_000_000);
        tracker.Note(1_000_001);
        Assert.Equal(1_000_000 - 5 - 1, tracker.Lost);
        Assert.Equal((0, 0), (tracker.Repeated, tracker.Disordered));
    }

    [Fact]
    public void A_damaged_number_is_not_believed_and_does_not_make_others_look_old()
    {
        var tracker = new SequenceTracker();
        tracker.Note(5);
        tracker.Note(ulong.MaxValue - 3); // instead of 6
        tracker.Note(7);
        tracker.Note(1UL << 40); // instead of 8
        tracker.Note(1UL << 50); // instead of 9
        tracker.Note(10);
        Assert.Equal((3, 0, 3), (tracker.Lost, tracker.Repeated, tracker.Disordered));
    }

    [Fact]
    public void Losses_right_before_the_end_are_counted_however_many_they_are()
    {
        var tracker = new SequenceTracker();
        for (ulong n = 0; n <= 10; n++) tracker.Note(n);
        tracker.NoteEnd(200_001, framesSent: 200_000);
        Assert.Equal((200_001 - 10 - 1, 0, 0), (tracker.Lost, tracker.Repeated, tracker.Disordered));
    }

    [Theory]
    [InlineData(1UL << 40, 20)] // the number is damaged
    [InlineData(200_001, 20)]
    [InlineData(200_001, 300_000)] // the count is damaged, or both
    public void An_end_whose_number_does_not_agree_with_the_frames_sent_is_not_believed(ulong number, long framesSent)
    {
        var tracker = new SequenceTracker();
        for (ulong n = 0; n <= 10; n++) tracker.Note(n);
        tracker.NoteEnd(number, framesSent);
        Assert.Equal((0, 0, 1), (tracker.Lost, tracker.Repeated, tracker.Disordered));
    }

    [Fact]
    public void An_end_confirms_the_leap_before_it_and_not_a_damaged_number()
    {
        var tracker = new SequenceTracker();
        tracker.Note(0);
        tracker.Note(100_000);
        tracker.NoteEnd(100_001, framesSent: 100_000);
        Assert.Equal((100_000 - 1, 0, 0), (tracker.Lost, tracker.Repeated, tracker.Disordered));

        var damaged = new SequenceTracker();
        damaged.Note(0);
        damaged.Note(1UL << 40); // instead of 1
        damaged.NoteEnd(2, framesSent: 1);
        Assert.Equal((1, 0, 1), (damaged.Lost, damaged.Repeated, damaged.Disordered));
    }

    [Fact]
    public void The_first_number_seen_is_where_counting_begins()
    {
        var tracker = new SequenceTracker();
        tracker.Note(700);
        tracker.Note(702);
        Assert.Equal(1, tracker.Lost);
    }
}
