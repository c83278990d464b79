using Acquisition.Core;

namespace Acquisition.Conditioning;

/// <summary>What is corrected of each volume before it is restored. Nothing, unless asked for.</summary>
public sealed record ConditioningOptions
{
    /// <summary>Counts that the camera gives in the dark, taken off each sample; camera units, 0 to 65,535. Default 0.</summary>
    public double OffsetAdu { get; init => field = Require.InRange(value, 0, ushort.MaxValue); }

    /// <summary>TIFF of the camera in the dark, taken off pixel by pixel in place of <see cref="OffsetAdu"/>; <see langword="null"/> for none.</summary>
    public string? DarkFile { get; init; }

    /// <summary>TIFF of an evenly lit field, without offset, that samples are divided by; <see langword="null"/> for none.</summary>
    public string? FlatFile { get; init; }

    /// <summary>Whether pixels that are hot in nearly every plane are replaced by the median around them. Default false.</summary>
    public bool HotPixels { get; init; }

    /// <summary>Whether odd rows are moved onto the even ones, for scans that go to and fro. Default false.</summary>
    public bool LinePhase { get; init; }

    /// <summary>Whether it is measured how far each volume lies off the first one of its channel. Default false.</summary>
    public bool ReportDrift { get; init; }

    /// <summary>Whether volumes are moved back by that as well. Default false: a moved volume is no longer where the stage says.</summary>
    public bool CorrectDrift { get; init; }

    /// <summary>Whether there is anything to do.</summary>
    public bool IsWanted => OffsetAdu > 0 || DarkFile is not null || FlatFile is not null || NeedsOpenCv;

    /// <summary>Whether a step is asked for that OpenCV does.</summary>
    public bool NeedsOpenCv => HotPixels || LinePhase || MeasuresDrift;

    internal bool MeasuresDrift => ReportDrift || CorrectDrift;
}
