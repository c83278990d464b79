using Acquisition.Core;

namespace Acquisition.HardwareSim;

/// <summary>The volumes of one scan, made one at a time in the order of acquisition.</summary>
internal interface IVolumeSeries : IDisposable
{
    /// <summary>What the scan announces. Its time points are always known.</summary>
    ScanPlan Plan { get; }

    /// <summary>Makes one volume the current one; what the last one held is gone.</summary>
    /// <exception cref="AcquisitionException">Its file cannot be read, or its truth cannot be written.</exception>
    void Prepare(VolumeIndex index);

    /// <summary>Copies one plane of the current volume, (y, x).</summary>
    void ReadPlane(int z, Span<byte> plane);
}
