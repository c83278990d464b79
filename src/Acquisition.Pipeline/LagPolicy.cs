namespace Acquisition.Pipeline;

/// <summary>Which volume is restored next while restoration lags behind the camera. The others wait, on disk if need be, and are restored
/// when there is time, at the latest after the scan: the policy decides when a volume is restored, never whether or how.</summary>
public enum LagPolicy
{
    /// <summary>The oldest.</summary>
    All,

    /// <summary>The newest, so that what is seen is now.</summary>
    Latest,

    /// <summary>Every Nth time point first, the oldest of them, so that a long scan is followed evenly.</summary>
    EveryNth,
}
