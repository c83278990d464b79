namespace Acquisition.Torch.Adversarial.CrossModality;

/// <summary>A tile along one axis: what is kept of it, and what is read for that.</summary>
internal readonly record struct TileSpan(int From, int To, int ReadFrom, int ReadTo)
{
    public int Read => ReadTo - ReadFrom;
}
