using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace Acquisition.Tests.Bindings.TorchSharp;

/// <summary>The same in Python and here.</summary>
/// <param name="Python">An expression of a, b, c and d, which is also the case's name; or of a module.</param>
/// <param name="Order">0 to compare results, 1 also their gradients, 2 also the gradients of those.</param>
/// <param name="Source">How it is written here.</param>
internal sealed record TorchSharpCase(string Python, long[][] Shapes, int Order, Func<Tensor[], Tensor[]> Ours, string Source)
{
    /// <summary>A module instead of an expression.</summary>
    public Func<nn.Module<Tensor, Tensor>>? Module { get; init; }

    /// <summary>With a module: what trains it, in Python (of the parameters p) and here.</summary>
    public (string Python, Func<nn.Module, optim.Optimizer> Ours)? Optimizer { get; init; }

    public static TorchSharpCase One(string python, Func<Tensor, Tensor> ours, int order = 1, [CallerArgumentExpression(nameof(ours))] string source = "") =>
        new(python, [[2, 3, 4]], order, inputs => [ours(inputs[0])], source);

    public static TorchSharpCase Two(
        string python, Func<Tensor, Tensor, Tensor> ours, int order = 1, [CallerArgumentExpression(nameof(ours))] string source = "") =>
        new(python, [[2, 3, 4], [2, 3, 4]], order, inputs => [ours(inputs[0], inputs[1])], source);

    public static TorchSharpCase None(string python, Func<Tensor> ours, [CallerArgumentExpression(nameof(ours))] string source = "") =>
        new(python, [], 0, _ => [ours()], source);

    public static TorchSharpCase Of(
        string python, long[][] shapes, Func<Tensor[], Tensor> ours, int order = 1, [CallerArgumentExpression(nameof(ours))] string source = "") =>
        new(python, shapes, order, inputs => [ours(inputs)], source);

    public static TorchSharpCase Many(
        string python, long[][] shapes, Func<Tensor[], Tensor[]> ours, int order = 1, [CallerArgumentExpression(nameof(ours))] string source = "") =>
        new(python, shapes, order, ours, source);

    public static TorchSharpCase Made(
        string python,
        long[] shape,
        Func<nn.Module<Tensor, Tensor>> module,
        (string, Func<nn.Module, optim.Optimizer>)? optimizer = null,
        [CallerArgumentExpression(nameof(module))] string source = "") =>
        new(python, [shape], 0, _ => [], source) { Module = module, Optimizer = optimizer };
}
