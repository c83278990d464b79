using System.Globalization;
using Acquisition.App.Models;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Acquisition.App.Terminal;

/// <summary>Models as tables.</summary>
internal static class ModelsView
{
    /// <summary>Longer notes are for programs.</summary>
    private const int MostCharacters = 120;

    public static IRenderable All(IEnumerable<ModelEntry> models)
    {
        var table = new Table { Border = TableBorder.Rounded, ShowRowSeparators = true };
        table.AddColumn("model").AddColumn("what it does").AddColumn("tuned on").AddColumn("needs").AddColumn("invents");
        foreach (ModelEntry model in models)
        {
            string missing = model.WhyUnavailable(new ComputeOptions()) is { } why ? $"\n[red]not here:[/] {TerminalText.Escaped(why)}" : "";
            table.AddRow(
                $"[bold]{model.Name}[/]", $"{TerminalText.Escaped(model.Does)} [dim]({TerminalText.Escaped(model.Source)})[/]",
                TerminalText.Escaped(model.TunedOn), TerminalText.Escaped(model.Needs) + missing, model.Invents ? "yes: its results are marked as predicted" : "no");
        }

        return table;
    }

    public static IRenderable Weights(WeightsFile file)
    {
        var table = new Table { Border = TableBorder.Rounded, ShowHeaders = false };
        table.AddColumn("what").AddColumn("value");
        table.AddRow("[bold]file[/]", TerminalText.Escaped(file.Path));
        table.AddRow("[bold]sha256[/]", file.Sha256);
        table.AddRow("[bold]parameters[/]", file.Parameters.ToString("N0", CultureInfo.InvariantCulture));
        foreach (var (name, value) in file.Notes)
            table.AddRow(TerminalText.Escaped(name), TerminalText.Escaped(value.Length > MostCharacters ? value[..MostCharacters] + " …" : value));
        return table;
    }
}
