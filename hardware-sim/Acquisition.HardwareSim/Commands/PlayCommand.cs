using System.CommandLine;
using Acquisition.Core;
using Acquisition.HardwareSim.Replay;
using Acquisition.HardwareSim.Sending;

namespace Acquisition.HardwareSim.Commands;

/// <summary>hardware-sim play: a recording as a scan.</summary>
internal static class PlayCommand
{
    public static Command Create(TextWriter output, TextWriter notes)
    {
        var path = new Argument<string>("path")
        {
            Description = "A TIFF stack (plain, ImageJ or OME, with time points and channels; uint8, uint16 or float32), " +
                "or a folder of stacks, which are played as a time lapse in the natural order of their names.",
        };
        Option<Factors> factor = Values.Factors("--factor",
            "Undersample the recording first, on each axis 1, 2 or 4 times (cubic, antialiased). It is cropped to a multiple of the factor, " +
            "and the receiver is told which factor to undo.");
        Option<Factors> announce = Values.Factors("--announce",
            "Send the recording as it is, and announce that the microscope undersampled it by this factor.");
        var stretch = new Option<bool>("--stretch")
        {
            Description = "First map percentiles 0.1 and 99.99 of the first volume to the ends of 16 bits, and send uint16.",
        };
        Option<VoxelSize?> voxel = Values.SizeUm("--voxel",
            "Voxel size of the recording; micrometres. Default: what the file says, or 1,1,1 when it says nothing.");
        Option<int> repeat = Values.Number("--repeat", "Play the recording this many times, as further time points.", 1, 100_000, 1);
        Option<string> mode = Values.Choice("--mode", "Kind of microscope to announce.", "other", "light-sheet", "two-photon");
        var scan = new ScanArguments();
        var sending = new SendingArguments();

        var command = new Command("play", "Send a recording as if the microscope were scanning it now.")
        {
            path, factor, announce, stretch, voxel, repeat, mode,
        };
        scan.AddTo(command);
        sending.AddTo(command);
        SendingArguments.Exclude(command, factor, announce);
        command.SetAction((parsed, cancellation) => StreamRunner.RunAsync(
            sending.Read(parsed),
            () =>
            {
                TruthFolder? truth = scan.Truth(parsed);
                var options = new ReplayOptions
                {
                    Path = parsed.GetValue(path)!,
                    Factors = parsed.GetValue(factor),
                    AlreadyUndersampled = parsed.GetValue(announce),
                    Stretch = parsed.GetValue(stretch),
                    Voxel = parsed.GetValue(voxel),
                    Repeats = parsed.GetValue(repeat),
                    Mode = parsed.GetValue(mode)!,
                    Truth = truth,
                };
                return scan.Stream(parsed, new ReplaySeries(options, scan.Announcement(parsed), notes), truth);
            },
            output, notes, cancellation));
        return command;
    }
}
