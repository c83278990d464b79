using System.Diagnostics.CodeAnalysis;

namespace OpenCvSharp;

[Flags]
[SuppressMessage("Design", "CA1008:Enums should have zero value", Justification = "As in the package.")]
public enum InterpolationFlags
{
    Nearest = 0,
    Linear = 1,
    Cubic = 2,
    WarpInverseMap = 16,
}
