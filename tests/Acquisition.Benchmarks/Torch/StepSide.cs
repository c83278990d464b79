namespace Acquisition.Benchmarks.Torch;

/// <summary>Who does the work.</summary>
internal enum StepSide
{
    /// <summary>The engine, through the binding.</summary>
    Here,

    /// <summary>PyTorch, as anybody would write it.</summary>
    Plain,

    /// <summary>PyTorch with the engine's own operators, memory layout and allocator: what is left is the way into libtorch.</summary>
    Alike,

    /// <summary>The same in half precision, for inference.</summary>
    AlikeHalf,
}
