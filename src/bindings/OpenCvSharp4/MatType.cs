namespace OpenCvSharp;

/// <summary>What one element of a matrix is: depth and number of channels, in OpenCV's encoding.</summary>
public readonly record struct MatType
{
    public static readonly MatType CV_32FC1 = new(5);

    public static readonly MatType CV_64FC1 = new(6);

    public MatType(int value) => Value = value;

    public int Value { get; }
}
