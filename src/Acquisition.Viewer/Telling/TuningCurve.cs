using Acquisition.Core;

namespace Acquisition.Viewer.Telling;

/// <summary>How tuning went so far, for those who come late: at most so many points, thinned evenly when there are more.</summary>
internal sealed class TuningCurve
{
    public const int MostPoints = 500;

    private readonly List<TuningPoint> _points = [];

    public IReadOnlyList<TuningPoint> Points => _points;

    public void Note(TuningStatus? tuning)
    {
        if (tuning is null) return;
        var point = new TuningPoint(
            tuning.Channel, tuning.Stage * tuning.Steps + tuning.Step, tuning.Loss, tuning.HeldOutDb, tuning.CubicDb, tuning.ProjectedDb);
        if (_points.Count > 0 && _points[^1] == point) return;
        if (_points.Count == MostPoints)
        {
            for (int i = 0; i < MostPoints / 2; i++) _points[i] = _points[2 * i + 1];
            _points.RemoveRange(MostPoints / 2, MostPoints - MostPoints / 2);
        }

        _points.Add(point);
    }
}
