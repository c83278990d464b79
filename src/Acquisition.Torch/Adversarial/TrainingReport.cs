using System.Collections.Immutable;

namespace Acquisition.Torch.Adversarial;

/// <summary>Where training stands.</summary>
/// <param name="Step">Steps taken.</param>
/// <param name="Losses">By name, averaged over the steps since the last report.</param>
/// <param name="Scores">On held-out images, by name; the first is what weights are chosen by, higher is better.</param>
/// <param name="IsBest">Whether these weights are the best so far.</param>
/// <param name="Why">Why training is over, for people; <see langword="null"/> while it goes on.</param>
public sealed record TrainingReport(
    int Step, int Steps, ImmutableArray<(string Name, double Value)> Losses, ImmutableArray<(string Name, double Value)> Scores, bool IsBest, string? Why);
