using System.Collections.Immutable;
using System.Text.Json;
using Acquisition.Core;

namespace Acquisition.Restoration.Uncertainty;

/// <summary>Predicts the standard error of a restored voxel from its brightness and from how steep the volume is there.</summary>
/// <remarks>A score, b · ln(brightness + o) + g · ln(gradient + p), is looked up in a table of errors that never falls. Everything is
/// in scaled units (see <see cref="IntensityScale"/>). Made by <see cref="ErrorCalibration"/>; immutable.</remarks>
public sealed record ErrorModel
{
    /// <summary>What predicts the error, for people and for metadata.</summary>
    public const string Method = "brightness and gradient, calibrated on held-out blocks";

    /// <summary>b and g; not negative.</summary>
    public required double BrightnessWeight { get; init; }

    public required double GradientWeight { get; init; }

    /// <summary>o and p, which keep darkness and flatness finite; positive.</summary>
    public required double BrightnessOffset { get; init; }

    public required double GradientOffset { get; init; }

    /// <summary>Scores at which the error is known, strictly rising; at least one.</summary>
    public required ImmutableArray<double> Scores { get; init; }

    /// <summary>Standard error at each of them, not falling.</summary>
    public required ImmutableArray<double> Errors { get; init; }

    /// <summary>Factor from errors on the acquired grid, where they were measured, to those on the finer one; already in <see cref="Errors"/>.</summary>
    public required double GridFactor { get; init; }

    /// <summary>Agreement with the true errors of the held-out blocks, on the acquired grid and so without <see cref="GridFactor"/>.</summary>
    public required ErrorScore HeldOut { get; init; }

    /// <param name="brightness">Restored intensity; negative counts as dark.</param>
    /// <param name="gradient">Magnitude, per voxel of the restored grid.</param>
    public double Score(double brightness, double gradient) =>
        BrightnessWeight * Math.Log(Math.Max(brightness, 0) + BrightnessOffset) + GradientWeight * Math.Log(gradient + GradientOffset);

    /// <summary>Standard error for a score: linear between the table's entries, constant beyond.</summary>
    public double Predict(double score)
    {
        int above = 0;
        while (above < Scores.Length && Scores[above] < score) above++;
        if (above == 0) return Errors[0];
        if (above == Scores.Length) return Errors[^1];
        double share = (score - Scores[above - 1]) / (Scores[above] - Scores[above - 1]);
        return Errors[above - 1] + share * (Errors[above] - Errors[above - 1]);
    }

    /// <summary>The model as one line of JSON, for a tuned model's notes.</summary>
    public string ToText() => JsonSerializer.Serialize(this);

    /// <summary>Reads what <see cref="ToText"/> wrote.</summary>
    /// <exception cref="DataFormatException">It is no such text, or its table is not in order.</exception>
    public static ErrorModel FromText(string text)
    {
        try
        {
            ErrorModel? model = JsonSerializer.Deserialize<ErrorModel>(text);
            if (model is { Scores.IsDefaultOrEmpty: false, Errors.IsDefault: false }
                && model.Scores.Length == model.Errors.Length
                && IsRising(model.Scores) && model.Errors.All(error => error >= 0))
                return model;
        }
        catch (JsonException damage)
        {
            throw new DataFormatException($"The error model cannot be read: {damage.Message}", damage);
        }
        throw new DataFormatException("The error model's table is not one of rising scores with an error for each.");
    }

    private static bool IsRising(ImmutableArray<double> scores) => !scores.Zip(scores.Skip(1)).Any(pair => !(pair.First < pair.Second));
}
