namespace Acquisition.Restoration;

/// <summary>How a map of doubt is read.</summary>
/// <param name="Method">What is doubted, for people and <see cref="Core.UncertaintyScale.Method"/>.</param>
/// <param name="Largest">Camera units that a doubt of 1 stands for.</param>
public sealed record DoubtScale(string Method, double Largest);
