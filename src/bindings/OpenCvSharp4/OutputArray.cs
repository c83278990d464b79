using System.Diagnostics.CodeAnalysis;

namespace OpenCvSharp;

/// <summary>A matrix that a function writes. Memory of somebody else is written in place if size and type fit, and replaced if not.</summary>
[SuppressMessage("Usage", "CA2225:Operator overloads have named alternates", Justification = "As in the package.")]
public class OutputArray
{
    private OutputArray(Mat mat) => Mat = mat;

    internal Mat Mat { get; }

    public static implicit operator OutputArray(Mat mat) => new(mat ?? throw new ArgumentNullException(nameof(mat)));
}
