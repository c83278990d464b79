using System.Diagnostics.CodeAnalysis;

namespace OpenCvSharp;

/// <summary>A matrix that a function reads.</summary>
[SuppressMessage("Usage", "CA2225:Operator overloads have named alternates", Justification = "As in the package.")]
public class InputArray
{
    private InputArray(Mat mat) => Mat = mat;

    internal Mat Mat { get; }

    public static implicit operator InputArray(Mat mat) => new(mat ?? throw new ArgumentNullException(nameof(mat)));
}
