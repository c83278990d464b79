using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Storage.Reporting;
using Acquisition.Storage.Tiff;

namespace Acquisition.Storage.Inspection;

/// <summary>Looks at a TIFF: what its first page tells, and whether the last plane is there, which a file that was cut off lacks.</summary>
internal static class TiffInspector
{
    public static Finding Look(string path)
    {
        using TiffStack stack = TiffStack.Open(path);
        var lacks = ImmutableArray<string>.Empty;
        try
        {
            stack.ReadPlane(new(stack.TimePoints - 1, stack.Channels - 1, stack.Shape.Z - 1), new byte[checked(stack.Shape.PlaneVoxels * stack.PixelType.Bytes())]);
        }
        catch (DataFormatException fault)
        {
            lacks = [$"the last plane cannot be read: {fault.Message}"];
        }

        return new()
        {
            Kind = stack.Kind,
            Facts =
            [
                ("path", path),
                ("volumes", Words.Volumes(stack.TimePoints, stack.ChannelNames, stack.Shape, stack.PixelType, stack.VoxelSize)),
                ("size", Say.Bytes(new FileInfo(path).Length)),
                .. stack.Notes,
            ],
            Lacks = lacks,
        };
    }
}
