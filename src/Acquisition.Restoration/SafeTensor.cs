using System.Collections.Immutable;

namespace Acquisition.Restoration;

/// <summary>One float32 tensor of a safetensors file, row-major.</summary>
public sealed record SafeTensor(string Name, ImmutableArray<int> Shape, ReadOnlyMemory<float> Values);
