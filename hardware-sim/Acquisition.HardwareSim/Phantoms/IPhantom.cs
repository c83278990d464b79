namespace Acquisition.HardwareSim.Phantoms;

/// <summary>A fluorescent specimen that does not exist. Each channel shows a population of its own.</summary>
internal interface IPhantom
{
    /// <summary>Draws the fluorescence at one time point. The same arguments draw the same specimen, in any order.</summary>
    /// <param name="volume">All zero before; on the fine grid.</param>
    void Draw(int timePoint, int channel, FloatVolume volume);
}
