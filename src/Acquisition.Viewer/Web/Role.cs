namespace Acquisition.Viewer.Web;

/// <summary>What a visitor may do.</summary>
internal enum Role
{
    Stranger,
    Viewer,
    Operator,
}
