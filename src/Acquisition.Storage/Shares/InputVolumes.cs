using Acquisition.Core;
using Acquisition.Storage.Inputs;

namespace Acquisition.Storage.Shares;

/// <summary>Volumes of another program, to be read. Planes that are missing become zeros, as a run stores them.</summary>
internal sealed class InputVolumes(IStoredInput input) : IVolumeStore
{
    private readonly Lock _gate = new();

    public string Location => input.Location;

    public void Write(VolumeIndex index, VolumeBuffer volume) => throw new InvalidOperationException($"'{Location}' is only read.");

    public void Read(VolumeIndex index, VolumeBuffer destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        lock (_gate)
        {
            var missing = input.MissingPlanes(index);
            for (int z = 0; z < destination.Shape.Z; z++)
            {
                if (missing.Contains(z)) destination.Plane(z).Clear();
                else input.ReadPlane(new FrameIndex(index.T, index.C, z), destination.Plane(z));
            }
        }
    }
}
