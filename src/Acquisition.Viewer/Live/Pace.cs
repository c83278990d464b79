using Acquisition.Core;

namespace Acquisition.Viewer.Live;

/// <summary>How fast volumes of a running scan go out to all pages together: so many bytes a second, and as many at once after a pause.</summary>
/// <remarks>A volume larger than what is left of the allowance is sent on credit, so that none is too large. Thread-safe.</remarks>
internal sealed class Pace(long bytesPerSec, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly double _bytesPerSec = Require.Positive(bytesPerSec);
    private double _allowance = bytesPerSec;
    private long _at = time.GetTimestamp();

    /// <summary>Takes the bytes out of the allowance if there is any left.</summary>
    /// <param name="wait">How long until there is some again; zero if they were taken.</param>
    public bool TryTake(long bytes, out TimeSpan wait)
    {
        lock (_gate)
        {
            long now = time.GetTimestamp();
            _allowance = Math.Min(_bytesPerSec, _allowance + time.GetElapsedTime(_at, now).TotalSeconds * _bytesPerSec);
            _at = now;
            wait = _allowance > 0 ? TimeSpan.Zero : TimeSpan.FromSeconds((1 - _allowance) / _bytesPerSec);
            if (wait > TimeSpan.Zero) return false;
            _allowance -= bytes;
            return true;
        }
    }
}
