using System.Collections.Immutable;

namespace Acquisition.App.Configuration;

/// <summary>What came of reading a configuration: settings, or every fault found.</summary>
internal sealed record ConfigReading
{
    /// <summary><see langword="null"/> when there are faults.</summary>
    public AppConfig? Config { get; init; }

    /// <summary>In the order of their lines.</summary>
    public ImmutableArray<ConfigFault> Faults { get; init; } = [];
}
