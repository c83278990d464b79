using System.Runtime.InteropServices;
using System.Text.Json;
using Acquisition.Core;
using Acquisition.HardwareSim.Optics;

namespace Acquisition.HardwareSim.Phantoms;

/// <summary>A phantom seen through a microscope: blurred on the fine grid, sampled on the coarse one, detected with noise.</summary>
/// <remarks>Within a volume time stands still. Photons are scaled once per channel, by the first volume's brightest voxel.</remarks>
internal sealed class PhantomSeries : IVolumeSeries
{
    private readonly ImagingOptions _options;
    private readonly IPhantom _phantom;
    private readonly Dictionary<int, float> _photonsPerBrightness = [];
    private readonly ushort[] _counts;
    private (int T, int C, bool IsDefocused)? _imaged;
    private FloatVolume? _fine;
    private FloatVolume? _coarse;

    /// <param name="announcement">Who sends: its identity, stream and timing are kept, the rest follows from the imaging.</param>
    /// <exception cref="SourceException">The fine grid is too large.</exception>
    public PhantomSeries(ImagingOptions options, Announcement announcement)
    {
        _options = options;
        Field field = options.Field;
        FloatVolume.RequireFits(field.Shape);
        _phantom = options.Specimen switch
        {
            "beads" => new Beads(field, options.Seed, options.Moving),
            "nuclei" => new Nuclei(field, options.Seed, options.Moving),
            "neurites" => new Neurites(field, options.Seed, options.Moving),
            _ => throw new ArgumentException($"'{options.Specimen}' is not a specimen; accepted are beads, nuclei, neurites.", nameof(options)),
        };
        Plan = announcement.Plan(field.Shape, field.Voxel, options.Factors, PixelType.UInt16) with
        {
            TimePoints = options.TimePoints,
            Mode = options.Mode,
            Channels = [.. Enumerable.Range(0, options.Channels).Select(c => $"c{c}")],
            BitDepth = 16,
            PsfFwhm = options.PointSpread.FwhmUm,
            UserJson = Describe(options),
        };
        _counts = new ushort[Plan.Shape.Voxels];
    }

    public ScanPlan Plan { get; }

    public void Prepare(VolumeIndex index)
    {
        int specimenTime = _options.Moving ? index.T : 0;
        bool isDefocused = index.T >= _options.DefocusFrom;
        if (_imaged != (specimenTime, index.C, isDefocused)) Image(specimenTime, index.C, isDefocused);
        _options.Truth?.Write(index, _fine!, PixelType.UInt16, _options.Field.Voxel);
        Expose(index);
    }

    public void ReadPlane(int z, Span<byte> plane) =>
        MemoryMarshal.AsBytes(_counts.AsSpan(z * Plan.Shape.PlaneVoxels, Plan.Shape.PlaneVoxels)).CopyTo(plane);

    public void Dispose() { }

    // Leaves the coarse volume in photons, and the fine one, when it is kept, in the counts of an ideal detector.
    private void Image(int timePoint, int channel, bool isDefocused)
    {
        (_fine, _coarse) = (null, null);
        FloatVolume fine = Blurred(timePoint, channel, isDefocused);
        if (!_photonsPerBrightness.TryGetValue(channel, out float scale))
        {
            float brightest = fine.Samples.Max();
            scale = brightest > 0 ? (float)_options.Detector.PeakPhotons / brightest : 0;
            _photonsPerBrightness[channel] = scale;
        }

        for (int i = 0; i < fine.Samples.Length; i++) fine.Samples[i] *= scale;
        _coarse = RasterScan.Apply(
            fine, _options.LinePhasePx, _options.Factors.X, volume => Undersampling.Apply(volume, _options.Factors, _options.Sampling));
        if (_options.Truth is not null)
        {
            _fine = ReferenceEquals(fine, _coarse) ? new FloatVolume(fine.Shape) : fine;
            for (int i = 0; i < fine.Samples.Length; i++) _fine.Samples[i] = _options.Detector.Ideal(fine.Samples[i]);
        }

        _imaged = (timePoint, channel, isDefocused);
    }

    private FloatVolume Blurred(int timePoint, int channel, bool isDefocused)
    {
        var volume = new FloatVolume(_options.Field.Shape);
        _phantom.Draw(timePoint, channel, volume);
        return (isDefocused ? _options.Defocused! : _options.PointSpread).Blur(volume, _options.Field.Voxel);
    }

    private void Expose(VolumeIndex index)
    {
        var random = new SeededRandom(_options.Seed, index.T, index.C);
        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] = (ushort)_options.Detector.Expose(_coarse!.Samples[i], random);
        }
    }

    private static string Describe(ImagingOptions options) => JsonSerializer.Serialize(new
    {
        simulator = "hardware-sim",
        specimen = options.Specimen,
        seed = options.Seed,
        moving = options.Moving,
        peak_photons = options.Detector.PeakPhotons,
        offset_adu = options.Detector.OffsetAdu,
        gain_adu = options.Detector.GainAdu,
        read_noise = options.Detector.ReadNoise,
        excess_noise = options.Detector.ExcessNoise,
        line_phase_px = options.LinePhasePx,
        defocus_from = options.DefocusFrom,
        defocused_psf_um = options.DefocusFrom is null ? null : options.Defocused?.FwhmUm,
    });
}
