namespace Acquisition.Torch.Adversarial.CrossModality;

/// <summary>Weights of the generator's terms, chosen so that each has its share of the loss. The paper says what shares the terms had, not by which
/// weights; these follow running averages of what the terms are.</summary>
internal sealed class TermWeights(CrossModalitySettings settings)
{
    /// <summary>What each step leaves of a running average.</summary>
    private const double Kept = 0.99;

    /// <summary>Keeps weights finite where a term vanishes.</summary>
    private const double Least = 1e-9;

    private double? _adversarial;
    private double? _squareError;
    private double? _dissimilarity;

    /// <summary>Of mean square error: the paper's λ.</summary>
    public double SquareError { get; private set; }

    /// <summary>Of dissimilarity: the paper's ν.</summary>
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

        // With an adversary its term has weight 1 and the others follow it; without, the two share 1 between them.
        double shared = settings.SquareErrorShare + settings.SimilarityShare;
        double whole = _adversarial is double running ? running / (1 - shared) : 1 / shared;
        SquareError = whole * settings.SquareErrorShare / Math.Max(_squareError.Value, Least);
        Dissimilarity = whole * settings.SimilarityShare / Math.Max(_dissimilarity.Value, Least);
    }

    public void Save(BinaryWriter writer)
    {
        foreach (double? value in (double?[])[_adversarial, _squareError, _dissimilarity, SquareError, Dissimilarity]) writer.Write(value ?? double.NaN);
    }

    public void Load(BinaryReader reader)
    {
        double?[] values = [.. Enumerable.Range(0, 5).Select(_ => reader.ReadDouble() is var value && double.IsNaN(value) ? null : (double?)value)];
        (_adversarial, _squareError, _dissimilarity) = (values[0], values[1], values[2]);
        (SquareError, Dissimilarity) = (values[3] ?? 0, values[4] ?? 0);
    }

    private static double Next(double? average, double value) => average is double before ? Kept * before + (1 - Kept) * value : value;
}
