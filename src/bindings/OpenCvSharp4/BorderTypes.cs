using System.Diagnostics.CodeAnalysis;

namespace OpenCvSharp;

[SuppressMessage("Naming", "CA1717:Only FlagsAttribute enums should have plural names", Justification = "As in the package.")]
public enum BorderTypes
{
    Constant = 0,
    Replicate = 1,
    Reflect101 = 4,
    Default = Reflect101,
}
