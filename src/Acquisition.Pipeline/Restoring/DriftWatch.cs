using Acquisition.Core;

namespace Acquisition.Pipeline.Restoring;

/// <summary>Notices when a model suits the sample less than it once did: the sample has changed.</summary>
/// <remarks>Its first readings set what all later ones are compared with, however often it is told. Told once, and again only after it has
/// recovered. One for each model.</remarks>
/// <param name="share">Of the first readings' mean, below which the mean of the last ones counts as drift; 0 to 1.</param>
internal sealed class DriftWatch(double share)
{
    /// <summary>Readings that are averaged: one odd volume is no drift.</summary>
    private const int Window = 3;

    private readonly Queue<double> _last = new();
    private readonly List<double> _first = [];
    private bool _isTold;

    /// <summary>What readings are compared with, once there are enough of them.</summary>
    public double? Reference => _first.Count == Window ? _first.Average() : null;

    /// <returns>Mean of the last readings, when it has just fallen too low; otherwise <see langword="null"/>.</returns>
    public double? Note(GaugeReading reading)
    {
        if (_first.Count < Window) _first.Add(reading.Carries);
        _last.Enqueue(reading.Carries);
        if (_last.Count > Window) _last.Dequeue();
        if (Reference is not { } reference) return null;

        double now = _last.Average();
        bool isLow = now < share * reference;
        bool isNews = isLow && !_isTold;
        _isTold = isLow || (_isTold && now < (1 + share) / 2 * reference);
        return isNews ? now : null;
    }
}
