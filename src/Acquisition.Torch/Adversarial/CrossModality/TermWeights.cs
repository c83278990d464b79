namespace Acquisition.Torch.Adversarial.CrossModality;

/// <summary>Weights of the generator's terms, chosen so that each has its share of a loss of 1. The paper says what shares the terms had, not by which
/// weights; these follow running averages of what the terms are.</summary>
/// <remarks>The paper's adversarial term has weight 1, its λ and ν are ratios to that. To Adam nothing but ratios matters, as long as the whole does not
/// change: a gradient that grew many times over from one step to the next, as when an adversary joins, would move weights as many times too far.</remarks>
internal sealed class TermWeights(CrossModalitySettings settings)
{
    /// <summary>What each step leaves of a running average.</summary>
    private const double Kept = 0.99;

    /// <summary>Keeps weights finite where a term vanishes.</summary>
    private const double Least = 1e-9;

    private double? _adversarial;
    private double? _squareError;
    private double? _dissimilarity;

    /// <summary>Of the adversarial term; 0 before there is one.</summary>
    public double Adversarial { get; private set; }

    /// <summary>Of mean square error.</summary>
    public double SquareError { get; private set; }

    /// <summary>Of dissimilarity.</summary>
    public double Dissimilarity { get; private set; }

    /// <summary>Takes a step's terms, and sets the weights anew where it is time.</summary>
    /// <param name="step">From 1.</param>
    /// <param name="adversarial"><see langword="null"/> before there is an adversary.</param>
    public void Follow(int step, double? adversarial, double squareError, double dissimilarity)
    {
        bool isFirst = _squareError is null || (_adversarial is null && adversarial is not null);
        _squareError = Next(_squareError, squareError);
        _dissimilarity = Next(_dissimilarity, dissimilarity);
        if (adversarial is double term) _adversarial = Next(_adversarial, term);
        if (!isFirst && step % settings.StepsToReweigh != 0) return;

        double shared = settings.SquareErrorShare + settings.SimilarityShare, left = _adversarial is null ? 0 : 1 - shared;
        Adversarial = Weight(left, _adversarial ?? 0);
        SquareError = Weight(settings.SquareErrorShare, _squareError.Value);
        Dissimilarity = Weight(settings.SimilarityShare, _dissimilarity.Value);

        double Weight(double share, double average) => share / (shared + left) / Math.Max(average, Least);
    }

    public void Save(BinaryWriter writer)
    {
        foreach (double? value in (double?[])[_adversarial, _squareError, _dissimilarity, Adversarial, SquareError, Dissimilarity]) writer.Write(value ?? double.NaN);
    }

    public void Load(BinaryReader reader)
    {
        double?[] values = [.. Enumerable.Range(0, 6).Select(_ => reader.ReadDouble() is var value && double.IsNaN(value) ? null : (double?)value)];
        (_adversarial, _squareError, _dissimilarity) = (values[0], values[1], values[2]);
        (Adversarial, SquareError, Dissimilarity) = (values[3] ?? 0, values[4] ?? 0, values[5] ?? 0);
    }

    private static double Next(double? average, double value) => average is double before ? Kept * before + (1 - Kept) * value : value;
}
