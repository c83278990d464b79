using System.CommandLine;
using Acquisition.Core;
using Acquisition.HardwareSim.Optics;
using Acquisition.HardwareSim.Phantoms;
using Acquisition.HardwareSim.Sending;

namespace Acquisition.HardwareSim.Commands;

/// <summary>hardware-sim scan: a phantom as a scan.</summary>
internal sealed class ScanCommand
{
    private readonly Argument<string> _specimen = new("specimen") { Description = "What lies under the objective: beads, nuclei or neurites." };

    private readonly Option<string> _mode = Values.Choice("--mode",
        "light-sheet: planes exposed at once, detection NA 0.5, sheet of 2.5 µm, sCMOS camera. two-photon: raster scan, excitation NA 0.8 at 920 nm, photomultiplier.",
        "light-sheet", "two-photon");

    private readonly Option<VolumeShape?> _shape = Values.Shape("--shape", "Extent of the fine grid, the one that is wanted. Default 32,256,256.");

    private readonly Option<VoxelSize?> _voxel = Values.SizeUm("--voxel", "Voxel size of the fine grid; micrometres. Default 0.5,0.2,0.2.");

    private readonly Option<Factors> _factor = Values.Factors("--factor", "How many times coarser the microscope samples: on each axis 1, 2 or 4.");

    private readonly Option<string> _sampling = Values.Choice("--sampling",
        "How a coarse sample weighs the fine ones: cubic (antialiased) or box (the mean of those it covers, as a large camera pixel does).",
        "cubic", "box");

    private readonly Option<double?> _linePhase = Values.OptionalNumber("--line-phase",
        "How much further along x odd rows show the specimen, as in scans to and fro; scanned pixels. Default 0.", -8, 8.0);

    private readonly Option<int?> _defocusFrom = Values.OptionalNumber(
        "--defocus-from", "Time point from which the specimen lies out of focus, by --defocus-um.", 0, 1_000_000);

    private readonly Option<double> _defocusUm = Values.Number("--defocus-um", "Width (FWHM) of that blur on every axis; micrometres.", 0.01, 100, 1.0);

    private readonly Option<int> _timePoints = Values.Number("--timepoints", "Volumes of each channel.", 1, 1_000_000, 1);

    private readonly Option<int> _channels = Values.Number("--channels", "Channels; each shows a population of its own.", 1, 16, 1);

    private readonly Option<bool> _moving = new("--moving") { Description = "Let the specimen move from volume to volume." };

    private readonly Option<int> _seed = Values.Number("--seed", "Seed of specimen and noise; the same seed makes the same frames.", int.MinValue, int.MaxValue, 1);

    private readonly Option<VoxelSize?> _psf = Values.SizeUm("--psf-um", "Width (FWHM) of the point spread function; micrometres. Default: that of the mode.");

    private readonly Option<double?> _photons = Values.OptionalNumber("--photons", "Photoelectrons in the brightest spot. Default 200 (light-sheet), 60 (two-photon).", 1e-3, 1e9);

    private readonly Option<double?> _readNoise = Values.OptionalNumber("--read-noise", "Standard deviation of the amplifier's noise; electrons. Default 1.6 (light-sheet), 0 (two-photon).", 0, 1e6);

    private readonly Option<double?> _offset = Values.OptionalNumber("--offset", "Counts in the dark. Default 100 (light-sheet), 0 (two-photon).", 0, (double)ushort.MaxValue);

    private readonly Option<double?> _gain = Values.OptionalNumber("--gain", "Counts per photoelectron. Default 1 (light-sheet), 20 (two-photon).", 1e-6, 1e6);

    private readonly Option<bool> _noNoise = new("--no-noise") { Description = "Leave all noise out." };

    private readonly ScanArguments _scan = new();

    private readonly SendingArguments _sending = new();

    private ScanCommand() { }

    public static Command Create(TextWriter output, TextWriter notes) => new ScanCommand().Build(output, notes);

    private Command Build(TextWriter output, TextWriter notes)
    {
        _specimen.AcceptOnlyFromAmong("beads", "nuclei", "neurites");
        var command = new Command("scan", "Image a made-up specimen, with the truth at hand.")
        {
            _specimen, _mode, _shape, _voxel, _factor, _sampling, _linePhase, _defocusFrom, _defocusUm, _timePoints, _channels, _moving, _seed,
            _psf, _photons, _readNoise, _offset, _gain, _noNoise,
        };
        _scan.AddTo(command);
        _sending.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            VolumeShape shape = ShapeOf(parsed);
            Factors factors = parsed.GetValue(_factor);
            return Undersampling.Crop(shape, factors) == shape
                ? StreamRunner.RunAsync(_sending.Read(parsed), () => Open(parsed), output, notes, cancellation)
                : CommandLine.RefuseAsync(
                    parsed, notes, $"--shape {shape.Z},{shape.Y},{shape.X} is not a multiple of --factor {factors} on every axis.");
        });
        return command;
    }

    private SeriesStream Open(ParseResult parsed)
    {
        TruthFolder? truth = _scan.Truth(parsed);
        return _scan.Stream(parsed, new PhantomSeries(Read(parsed, truth), _scan.Announcement(parsed)), truth);
    }

    private VolumeShape ShapeOf(ParseResult parsed) => parsed.GetValue(_shape) ?? new(32, 256, 256);

    private ImagingOptions Read(ParseResult parsed, TruthFolder? truth)
    {
        string mode = parsed.GetValue(_mode)!;
        bool isTwoPhoton = mode == "two-photon";
        Detector detector = isTwoPhoton ? Detector.Photomultiplier : Detector.Camera;
        PointSpread psf = parsed.GetValue(_psf) is { } fwhm ? new() { FwhmUm = fwhm } : isTwoPhoton ? PointSpread.TwoPhoton() : PointSpread.LightSheet();
        int? defocusFrom = parsed.GetValue(_defocusFrom);
        return new ImagingOptions
        {
            Specimen = parsed.GetValue(_specimen)!,
            Mode = mode,
            Field = new(ShapeOf(parsed), parsed.GetValue(_voxel) ?? new() { ZUm = 0.5, YUm = 0.2, XUm = 0.2 }),
            PointSpread = psf,
            DefocusFrom = defocusFrom,
            Defocused = defocusFrom is null ? null : psf.Widened(parsed.GetValue(_defocusUm)),
            Detector = detector with
            {
                PeakPhotons = parsed.GetValue(_photons) ?? detector.PeakPhotons,
                ReadNoise = parsed.GetValue(_readNoise) ?? detector.ReadNoise,
                OffsetAdu = parsed.GetValue(_offset) ?? detector.OffsetAdu,
                GainAdu = parsed.GetValue(_gain) ?? detector.GainAdu,
                Noiseless = parsed.GetValue(_noNoise),
            },
            Factors = parsed.GetValue(_factor),
            Sampling = parsed.GetValue(_sampling) == "box" ? SamplingKernel.Box : SamplingKernel.Cubic,
            LinePhasePx = parsed.GetValue(_linePhase) ?? 0,
            TimePoints = parsed.GetValue(_timePoints),
            Channels = parsed.GetValue(_channels),
            Moving = parsed.GetValue(_moving),
            Seed = parsed.GetValue(_seed),
            Truth = truth,
        };
    }
}
