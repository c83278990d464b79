using System.Runtime.InteropServices;

namespace OpenCvSharp.Native;

/// <summary>Owns a cv::Mat: its header, and its elements unless they are somebody else's.</summary>
internal sealed class MatHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    public static MatHandle Empty()
    {
        LibOpenCv.Check(LibOpenCv.core_Mat_new1(out MatHandle mat));
        return mat;
    }

    public static MatHandle Over(int rows, int cols, MatType type, nint data, long step)
    {
        LibOpenCv.Check(LibOpenCv.core_Mat_new8(rows, cols, type.Value, data, checked((nuint)step), out MatHandle mat));
        return mat;
    }

    protected override bool ReleaseHandle() => LibOpenCv.core_Mat_delete(handle) == 0;
}
