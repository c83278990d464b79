using System.Runtime.InteropServices;
using System.Text.Json;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Bindings.TorchSharp;

/// <summary>Has Python answer all cases at once: tests/oracles/torch_members.py.</summary>
public sealed class TorchSharpOracle : IDisposable
{
    private readonly AppTempFolder _folder = new();
    private readonly Lazy<bool> _answered;

    public TorchSharpOracle() => _answered = new Lazy<bool>(Ask);

    internal static IReadOnlyDictionary<string, TorchSharpCase> Cases { get; } =
        TorchSharpTensorCases.All.Concat(TorchSharpNeuralCases.All).ToDictionary(one => NameOf(one));

    public void Dispose() => _folder.Dispose();

    internal static string NameOf(TorchSharpCase one) => one.Optimizer is (string optimizer, _) ? $"{one.Python} {optimizer}" : one.Python;

    /// <summary>Seeded by the case, from -1 to 1.</summary>
    internal static float[] Input(string name, int index)
    {
        var random = new Random((name.Length * 31) + index);
        long[] shape = Cases[name].Shapes[index];
        return [.. Enumerable.Range(0, (int)shape.Aggregate(1L, (product, size) => product * size)).Select(_ => (2 * random.NextSingle()) - 1)];
    }

    /// <summary>What Python made of a case: shapes and elements, null for no tensor.</summary>
    internal IReadOnlyList<(long[] Shape, double[] Elements)?> Answers(string name)
    {
        Assert.True(_answered.Value);
        var results = new List<(long[], double[])?>();
        ReadOnlySpan<byte> bytes = File.ReadAllBytes(_folder[$"{Number(name)}.out"]);
        while (bytes.Length > 0)
        {
            int dimensions = (int)MemoryMarshal.Read<long>(bytes);
            bytes = bytes[8..];
            if (dimensions < 0)
            {
                results.Add(null);
                continue;
            }

            long[] shape = MemoryMarshal.Cast<byte, long>(bytes[..(8 * dimensions)]).ToArray();
            bytes = bytes[(8 * dimensions)..];
            int count = (int)shape.Aggregate(1L, (product, size) => product * size);
            results.Add((shape, MemoryMarshal.Cast<byte, double>(bytes[..(8 * count)]).ToArray()));
            bytes = bytes[(8 * count)..];
        }

        return results;
    }

    private static int Number(string name) => Cases.Keys.TakeWhile(key => key != name).Count();

    private bool Ask()
    {
        foreach ((string name, TorchSharpCase one) in Cases)
        {
            for (int i = 0; i < one.Shapes.Length; i++)
                File.WriteAllBytes(_folder[$"{Number(name)}.{i}.f32"], MemoryMarshal.AsBytes<float>(Input(name, i)));
        }

        File.WriteAllText(_folder["cases.json"], JsonSerializer.Serialize(Cases.Select(pair => new
        {
            name = $"{Number(pair.Key)}",
            shapes = pair.Value.Shapes,
            order = pair.Value.Order,
            expression = pair.Value.Module is null ? pair.Value.Python : null,
            module = pair.Value.Module is null ? null : pair.Value.Python,
            optimizer = pair.Value.Optimizer?.Python,
        })));
        StorageOracles.RunPython("torch_members.py", _folder.Path);
        return true;
    }
}
