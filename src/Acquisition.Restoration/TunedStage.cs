using System.Collections.Immutable;
using Acquisition.Core;

namespace Acquisition.Restoration;

/// <summary>One network of a tuned model.</summary>
/// <param name="Factors">How many times finer its output is: 1 or 2 on each axis.</param>
/// <param name="Weights">All parameters, layer by layer: kernel [out][in][kz][ky][kx], biases, PReLU slopes.</param>
public sealed record TunedStage(Factors Factors, ImmutableArray<float> Weights);
