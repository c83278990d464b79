namespace OpenCvSharp;

/// <summary>OpenCV's numbers; others than those named here occur.</summary>
public enum ErrorCode
{
    StsOk = 0,
    StsBadArg = -5,
    StsUnmatchedSizes = -209,
    StsAssert = -215,
}
