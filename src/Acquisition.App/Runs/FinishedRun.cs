using Acquisition.Core;

namespace Acquisition.App.Runs;

/// <param name="Folder">The run folder; <see langword="null"/> when no scan was announced, so that there is none.</param>
internal sealed record FinishedRun(RunReport Report, string? Folder);
