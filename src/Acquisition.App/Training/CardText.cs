using System.Globalization;
using System.Text;
using Acquisition.Torch.Adversarial;

namespace Acquisition.App.Training;

/// <summary>A model's card for people, as Markdown.</summary>
internal static class CardText
{
    public static string Of(ModelCard card)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {card.Method}, preset {card.Preset.ToString().ToLowerInvariant()}\n\n")
            .Append("Its results are predictions: detail that was not acquired is put in where the images it learned from had such detail. ")
            .Append("Do not measure on them what was not checked against a truth.\n\n")
            .Append("## What it may be used for\n\n")
            .Append(CultureInfo.InvariantCulture, $"Scans of the kind of sample it learned from, with voxels of {card.Input.VoxelSize} (z, y, x; up to 10 % of difference)")
            .Append(card.Input.Objective is { } objective ? $", the objective '{objective}'" : ", any objective (none was told)")
            .Append(card.Input.Gain is { } gain ? string.Create(CultureInfo.InvariantCulture, $", a detector gain of {gain}") : ", any gain (none was told)")
            .Append(". Other scans are refused.\n\n## Scores on held-out images\n\n| score | value |\n|---|---|\n");
        foreach (var (name, value) in card.Scores) text.Append(CultureInfo.InvariantCulture, $"| {name} | {value:G5} |\n");
        text.Append("\n## What it learned from\n\n| | images | voxels | voxel size (z, y, x) | 0 and 1 in camera units | SHA-256 |\n|---|---|---|---|---|---|\n");
        foreach (var (name, library) in (IEnumerable<(string, LibraryCard)>)[("input", card.Input), ("target", card.Target)])
        {
            text.Append(CultureInfo.InvariantCulture,
                $"| {name} | {library.Images} | {library.Voxels} | {library.VoxelSize} | {library.Scale.Low:G5}, {library.Scale.High:G5} | {library.Fingerprint} |\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"\n## How\n\n{card.Steps} steps, seed {card.Seed}.\n\n| setting | value |\n|---|---|\n");
        foreach (var (name, value) in card.Settings) text.Append(CultureInfo.InvariantCulture, $"| {name} | {value} |\n");
        return text.ToString();
    }
}
