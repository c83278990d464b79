using System.Text.Json;

namespace Acquisition.SystemTests.Support;

/// <summary>The simulator's last line: what it sent, and what it did wrong.</summary>
internal static class SimulatorSummary
{
    public static JsonElement Of(RunningProcess simulator)
    {
        using var document = JsonDocument.Parse(simulator.Output.Split('\n').Last(line => line.StartsWith('{')));
        return document.RootElement.Clone();
    }
}
