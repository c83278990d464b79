using System.Globalization;
using Acquisition.Core;

namespace Acquisition.App.Configuration;

/// <summary>A voxel size, or the word <c>file</c> for what files tell.</summary>
internal sealed class VoxelOrFile : ValueKind<VoxelSize?>
{
    private const string File = "file";

    public override string Accepted => $"three sizes above 0 in z,y,x such as 2,0.5,0.5, or {File}";

    public override bool Quoted => true;

    public override bool TryRead(string text, out VoxelSize? value)
    {
        value = null;
        return text == File || TryReadSize(text, out value);
    }

    /// <summary>Reads three sizes between commas, µm.</summary>
    public static bool TryReadSize(string text, out VoxelSize? value)
    {
        double[] axes = [.. text.Split(',').Select(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double size) && double.IsFinite(size) ? size : 0)];
        value = axes is [> 0 and var z, > 0 and var y, > 0 and var x] ? new VoxelSize { ZUm = z, YUm = y, XUm = x } : null;
        return value is not null;
    }

    public override string Write(VoxelSize? value) => value is null ? File : string.Create(CultureInfo.InvariantCulture, $"{value.ZUm:R},{value.YUm:R},{value.XUm:R}");
}
