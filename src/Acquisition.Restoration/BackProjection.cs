using Acquisition.Core;
using Acquisition.Restoration.Streaming;
using Acquisition.Restoration.Threading;

namespace Acquisition.Restoration;

/// <summary>Makes a fine volume consistent with the acquired one: y ← max(floor, y + U(x − D(y))), D shrinking and U enlarging.</summary>
/// <remarks>Irani and Peleg 1991. Low frequencies agree after one or two rounds; the slowest, at the corner of the acquired band,
/// keep 0.89 of their error a round.</remarks>
public static unsafe class BackProjection
{
    /// <summary>Runs a number of rounds in place. Holds some planes of the acquired extent for each round.</summary>
    /// <param name="acquired">x.</param>
    /// <param name="restored">y; changed in place.</param>
    /// <param name="rounds">0 only measures.</param>
    /// <param name="floor">Smallest value a restored sample may take; applied also when no round runs.</param>
    /// <returns>Root mean square of x − D(y) after the last round.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit the factors.</exception>
    public static double Refine(
        FloatVolume acquired, FloatVolume restored, Factors factors, int rounds, float floor, int threads = 1,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(acquired);
        ArgumentNullException.ThrowIfNull(restored);
        using var team = new WorkTeam(threads);
        using var cascade = new ProjectionCascade(
            acquired, restored.Shape, factors, rounds, floor, team, whole: restored, receiver: static (_, _) => { });
        for (int z = 0; z < restored.Shape.Z; z++) cascade.Accept(cancellation);
        return cascade.ResidualRms;
    }
}
