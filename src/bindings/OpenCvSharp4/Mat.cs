using OpenCvSharp.Native;

namespace OpenCvSharp;

/// <summary>A matrix: OpenCV's own memory, or a header over memory of somebody else.</summary>
public class Mat : IDisposable
{
    /// <summary>Makes a matrix without elements.</summary>
    /// <exception cref="DllNotFoundException">OpenCV is not there; the message says what to install.</exception>
    public Mat() => Handle = MatHandle.Empty();

    private Mat(MatHandle handle) => Handle = handle;

    internal MatHandle Handle { get; }

    /// <summary>Makes a header over elements that stay the caller's and must stay where they are while the matrix is used.</summary>
    /// <param name="step">Bytes from one row to the next; 0 for rows without gaps.</param>
    /// <exception cref="DllNotFoundException">OpenCV is not there; the message says what to install.</exception>
    /// <exception cref="OpenCVException">An extent is negative, or the step is shorter than a row.</exception>
    public static Mat FromPixelData(int rows, int cols, MatType type, IntPtr data, long step = 0) =>
        new(MatHandle.Over(rows, cols, type, data, step));

    public void Dispose()
    {
        Handle.Dispose();
        GC.SuppressFinalize(this);
    }
}
