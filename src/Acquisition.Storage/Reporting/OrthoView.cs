using System.Xml.Linq;
using Acquisition.Core;
using static Acquisition.Storage.Reporting.Html;

namespace Acquisition.Storage.Reporting;

/// <summary>Three projections of one volume in physical proportions, with a scale bar: (y, x) at the top left, (z, x) below, (y, z) beside.</summary>
internal sealed record OrthoView
{
    private const double Width = 500, MostHeight = 640, Gap = 4;

    /// <summary>Longest scale bar, as a share of the field of view.</summary>
    private const double MostBar = 0.28;

    public required Projection Xy { get; init; }

    public required Projection Xz { get; init; }

    public required Projection Yz { get; init; }

    /// <summary>Extent of the volume; µm.</summary>
    public required (double Z, double Y, double X) ExtentUm { get; init; }

    /// <param name="kind">"raw" or "restored".</param>
    /// <param name="low">Camera units shown black.</param>
    /// <param name="high">Camera units shown white.</param>
    public XElement Draw(VolumeIndex index, string kind, double low, double high)
    {
        bool isFlat = Xz.Height == 1;
        double gap = isFlat ? 0 : Gap, depth = isFlat ? 0 : ExtentUm.Z;
        double unitsPerUm = Math.Min((Width - gap) / (ExtentUm.X + depth), (MostHeight - gap) / (ExtentUm.Y + depth));
        double x = ExtentUm.X * unitsPerUm, y = ExtentUm.Y * unitsPerUm, z = depth * unitsPerUm;

        XElement drawing = Svg("svg", Class("views"), At("viewBox", $"0 0 {Place(x + gap + z)} {Place(y + gap + z)}"), At("role", "img"),
            At("aria-label", $"Maximum projections of volume {index}, {kind}"),
            Picture("xy", Xy, 0, 0, x, y), Label(isFlat ? "" : "xy", 6, 16));
        if (!isFlat)
        {
            drawing.Add(Picture("xz", Xz, 0, y + gap, x, z), Label("xz", 6, y + gap + 16),
                Picture("yz", Yz, x + gap, 0, z, y), Label("yz", x + gap + 6, 16));
        }

        double barUm = Axis.RoundStep(ExtentUm.X * MostBar), bar = barUm * unitsPerUm;
        drawing.Add(
            Svg("rect", Class("bar"), Place("x", x - bar - 10), Place("y", y - 14), Place("width", bar), Place("height", 4)),
            Svg("text", Class("label middle"), Place("x", x - 10 - bar / 2), Place("y", y - 20), $"{Say.Number(barUm)} µm"));
        return drawing;

        XElement Picture(string view, Projection projection, double left, double top, double width, double height) => Svg("image",
            At("data-volume", index.ToString()), At("data-kind", kind), At("data-view", view), At("data-low", low), At("data-high", high),
            Place("x", left), Place("y", top), Place("width", width), Place("height", height), At("preserveAspectRatio", "none"),
            At("href", "data:image/png;base64," + Convert.ToBase64String(
                GreyPng.Write(projection.ToGrey(low, high), projection.Width, projection.Height))));
    }

    private static XElement Label(string text, double x, double y) => Svg("text", Class("label"), Place("x", x), Place("y", y), text);
}
