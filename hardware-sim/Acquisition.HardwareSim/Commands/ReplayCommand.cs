using System.CommandLine;
using System.Globalization;
using Acquisition.HardwareSim.Replay;
using Acquisition.HardwareSim.Sending;

namespace Acquisition.HardwareSim.Commands;

/// <summary>hardware-sim replay: what was once received, sent again.</summary>
internal static class ReplayCommand
{
    public static Command Create(TextWriter output, TextWriter notes)
    {
        var path = new Argument<string>("path")
        {
            Description = "A recording made by 'acquisition record', which is sent byte for byte; or a run's folder or its raw.zarr, whose raw volumes are sent.",
        };
        var speed = new Option<Speed>("--speed")
        {
            Description = "1 keeps the original timing, 2 is twice as fast, 'max' as fast as the receiver takes it.",
            HelpName = "factor",
            DefaultValueFactory = _ => new Speed(1),
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                if (text == "max") return new Speed(double.PositiveInfinity);
                if (double.TryParse(text, CultureInfo.InvariantCulture, out double factor) && factor is >= 1e-3 and <= 1e6) return new Speed(factor);
                result.AddError($"--speed is '{text}'; it must be a number between 0.001 and 1000000, or max.");
                return default;
            },
        };
        var newScanId = new Option<bool>("--new-scan-id") { Description = "Give the scan a new id; every other byte of a recording stays." };
        var sending = new SendingArguments();

        var command = new Command("replay", "Send again what was once received.") { path, speed, newScanId };
        sending.AddTo(command);
        command.SetAction((parsed, cancellation) => StreamRunner.RunAsync(
            sending.Read(parsed),
            () =>
            {
                string place = parsed.GetValue(path)!;
                return Directory.Exists(place)
                    ? new StoredScanStream(place, parsed.GetValue(speed), parsed.GetValue(newScanId))
                    : new RecordingStream(place, parsed.GetValue(speed), parsed.GetValue(newScanId), notes);
            },
            output, notes, cancellation));
        return command;
    }
}
