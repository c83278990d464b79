using Acquisition.App.Configuration;
using Acquisition.Core;
using Acquisition.Restoration;

namespace Acquisition.App.Models;

/// <summary>A model that <c>restoration.model</c> can name: what it is, for people, and how it is opened.</summary>
internal sealed record ModelEntry
{
    public required string Name { get; init; }

    /// <summary>What it does, in one sentence without full stop.</summary>
    public required string Does { get; init; }

    /// <summary>Paper or standard work.</summary>
    public required string Source { get; init; }

    /// <summary>What its weights come from.</summary>
    public required string TunedOn { get; init; }

    /// <summary>Of scan and machine.</summary>
    public required string Needs { get; init; }

    /// <summary>Whether it can put in what was not acquired. Such volumes are marked as predicted.</summary>
    public bool Invents { get; init; }

    /// <summary>Why this machine cannot run it; <see langword="null"/> where it can.</summary>
    public Func<ComputeOptions, string?> WhyUnavailable { get; init; } = _ => null;

    /// <summary>What of a configuration does not go with it: path of a setting, and the fault without that path.</summary>
    public Func<AppConfig, IEnumerable<(string Path, string Message)>> Check { get; init; } = _ => [];

    /// <summary>Says how a scan is restored; a <see cref="RestorationException"/> where it cannot be. The last argument is told what people must
    /// know while it works.</summary>
    public required Func<AppConfig, ScanPlan, Action<string>, ScanRestoration> Open { get; init; }
}
