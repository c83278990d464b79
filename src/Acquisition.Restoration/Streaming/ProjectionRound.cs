namespace Acquisition.Restoration.Streaming;

/// <summary>What one round of back-projection holds: the newest planes of y, shrunk in y and x, and of the residual that it leaves.</summary>
internal sealed class ProjectionRound : IDisposable
{
    public ProjectionRound(AxisSchedule schedule, int coarsePlaneVoxels, bool isLast)
    {
        Shrunk = new PlaneRing(schedule.FineInUse, coarsePlaneVoxels);
        Residual = new PlaneRing(isLast ? 1 : schedule.CoarseInUse, coarsePlaneVoxels);
    }

    public PlaneRing Shrunk { get; }

    public PlaneRing Residual { get; }

    /// <summary>Fine planes that have this round behind them.</summary>
    public int FinePlanes { get; set; }

    /// <summary>Planes of the residual that are made.</summary>
    public int Residuals { get; set; }

    public void Dispose()
    {
        Shrunk.Dispose();
        Residual.Dispose();
    }
}
