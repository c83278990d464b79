using System.Collections.Immutable;

namespace Acquisition.Storage.Inspection;

/// <summary>What lies at a path, for people.</summary>
public sealed record Finding
{
    /// <summary>What it is: "run", "dataset" and so on.</summary>
    public required string Kind { get; init; }

    /// <summary>What there is to say, each with a short name. Text from files: never markup.</summary>
    public required ImmutableArray<(string What, string Value)> Facts { get; init; }

    /// <summary>What it lacks of what it should hold; empty when it is whole.</summary>
    public required ImmutableArray<string> Lacks { get; init; }
}
