using System.CommandLine;
using Acquisition.HardwareSim.Faults;

namespace Acquisition.HardwareSim.Commands;

/// <summary>The options that say what goes wrong on the way.</summary>
internal sealed class FaultArguments
{
    private readonly Option<double> _drop = Share("--drop", "Lose this share of the frames on the way, 0 to 1; their sequence numbers are used up.");

    private readonly Option<double> _duplicate = Share("--duplicate", "Send this share of the frames twice, 0 to 1, under the same sequence number.");

    private readonly Option<bool> _shuffle = new("--shuffle") { Description = "Send the frames of each volume in random order, once all are there; sequence numbers stay with the frames." };

    private readonly Option<int?> _reorder = Values.OptionalNumber("--reorder", "Let so many frames of a volume wait, and send them in random order.", 2, 10_000);

    private readonly Option<double> _delay = Share("--delay", "Send this share of the frames late by --delay-ms.");

    private readonly Option<double> _delayMs = Values.Number("--delay-ms", "How late; milliseconds.", 0, 1e9, 100.0);

    private readonly Option<double> _truncate = Share("--truncate", "Cut the second half of the pixels off this share of the frames.");

    private readonly Option<double> _corruptHeader = Share("--corrupt-header", "Make the header of this share of the frames unreadable, or take a key from it.");

    private readonly Option<double> _corruptLength = Share("--corrupt-length", "Give this share of the frames a wrong nbytes.");

    private readonly Option<double> _corruptSequence = Share("--corrupt-sequence", "Give this share of the frames a sequence number far ahead of all others.");

    private readonly Option<double> _wrongIndex = Share("--wrong-index", "Give this share of the frames an index outside every volume.");

    private readonly Option<double> _strayIndex = Share("--stray-index", "Give this share of the frames the index of a volume up to three time points ahead.");

    private readonly Option<double> _clockJump = Share("--clock-jump", "At this share of the frames let the clocks jump by an hour, ahead or back.");

    private readonly Option<long?> _stallAfter = After("--stall-after", "send nothing for --stall-ms.");

    private readonly Option<double> _stallMs = Values.Number("--stall-ms", "How long; milliseconds.", 0, 1e9, 1_000.0);

    private readonly Option<long?> _disconnectAfter = After("--disconnect-after", "close the socket, and open it again after --disconnect-ms.");

    private readonly Option<double> _disconnectMs = Values.Number("--disconnect-ms", "How long; milliseconds.", 0, 1e9, 100.0);

    private readonly Option<long?> _restartAfter = After("--restart-after", "end without a word and start again, as --restart-as says.");

    private readonly Option<string> _restartAs = Values.Choice(
        "--restart-as", "continue: the same scan from where it was. beginning: the same scan again. new-scan: a new scan.", "continue", "beginning", "new-scan");

    private readonly Option<long?> _dieAfter = After("--die-after", "stop without a word, with exit code 9.");

    private readonly Option<bool> _secondScan = new("--second-scan") { Description = "Send frames of another scan in between now and then." };

    private readonly Option<int> _seed = Values.Number("--fault-seed", "Seed of the faults; the same seed strikes the same frames.", int.MinValue, int.MaxValue, 1);

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])
            [
                _drop, _duplicate, _shuffle, _reorder, _delay, _delayMs, _truncate, _corruptHeader, _corruptLength, _corruptSequence, _wrongIndex, _strayIndex, _clockJump,
                _stallAfter, _stallMs, _disconnectAfter, _disconnectMs, _restartAfter, _restartAs, _dieAfter, _secondScan, _seed,
            ])
        {
            command.Options.Add(option);
        }

        SendingArguments.Exclude(command, _shuffle, _reorder);
    }

    public FaultOptions Read(ParseResult parsed) => new()
    {
        Drop = parsed.GetValue(_drop),
        Duplicate = parsed.GetValue(_duplicate),
        Shuffle = parsed.GetValue(_shuffle),
        ReorderWindow = parsed.GetValue(_reorder),
        Delay = parsed.GetValue(_delay),
        DelayBy = TimeSpan.FromMilliseconds(parsed.GetValue(_delayMs)),
        Truncate = parsed.GetValue(_truncate),
        CorruptHeader = parsed.GetValue(_corruptHeader),
        CorruptLength = parsed.GetValue(_corruptLength),
        CorruptSequence = parsed.GetValue(_corruptSequence),
        WrongIndex = parsed.GetValue(_wrongIndex),
        StrayIndex = parsed.GetValue(_strayIndex),
        ClockJump = parsed.GetValue(_clockJump),
        StallAfter = parsed.GetValue(_stallAfter),
        StallFor = TimeSpan.FromMilliseconds(parsed.GetValue(_stallMs)),
        DisconnectAfter = parsed.GetValue(_disconnectAfter),
        DisconnectFor = TimeSpan.FromMilliseconds(parsed.GetValue(_disconnectMs)),
        RestartAfter = parsed.GetValue(_restartAfter),
        RestartAs = parsed.GetValue(_restartAs) switch
        {
            "beginning" => Restart.Beginning,
            "new-scan" => Restart.NewScan,
            _ => Restart.Continue,
        },
        DieAfter = parsed.GetValue(_dieAfter),
        SecondScan = parsed.GetValue(_secondScan),
        Seed = parsed.GetValue(_seed),
    };

    private static Option<double> Share(string name, string description) => Values.Number(name, description, 0, 1, 0.0);

    private static Option<long?> After(string name, string what) => Values.OptionalNumber(name, $"After this many frames {what}", 1, long.MaxValue);
}
