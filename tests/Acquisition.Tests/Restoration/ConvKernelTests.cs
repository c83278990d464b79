using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;
using Xunit;

namespace Acquisition.Tests.Restoration;

public sealed unsafe class ConvKernelTests
{
    /// <summary>Kernel set, form, in, out, kernel, groups, z, y, x.</summary>
    public static TheoryData<string, string, int, int, int, int, int, int, int> Cases()
    {
        var shapes = new List<(int, int, int, int, int, int, int)>
        {
            (1, 16, 5, 1, 4, 5, 32), (16, 12, 1, 1, 2, 3, 33), (12, 12, 3, 1, 4, 4, 32), (12, 16, 1, 1, 2, 2, 17), (16, 27, 1, 1, 2, 3, 20),
            (16, 8, 3, 1, 3, 4, 40), (16, 6, 3, 1, 2, 5, 31), (6, 6, 3, 3, 3, 3, 36), (6, 6, 3, 6, 2, 3, 9), (16, 16, 3, 1, 5, 6, 48),
            (6, 6, 3, 2, 2, 3, 20), (6, 4, 3, 1, 1, 7, 24), (3, 5, 3, 1, 2, 2, 7), (3, 7, 5, 1, 1, 3, 12), (5, 3, 1, 1, 1, 1, 50),
            (4, 64, 3, 1, 3, 3, 18), (2, 3, 3, 1, 9, 9, 33), (2, 2, 3, 1, 3, 5, 127), (2, 3, 3, 1, 4, 4, 129), (3, 2, 3, 1, 5, 3, 300),
        };
        // Widths around every vector and block boundary.
        foreach (int x in (int[])[1, 2, 5, 15, 16, 17, 31, 32, 33, 34, 39, 40]) shapes.Add((4, 6, 3, 1, 1 + x % 3, 1 + x % 4, x));
        // Depths and heights around every tile boundary, and more tiles than are transformed together.
        foreach (int edge in (int[])[1, 2, 3, 4, 5, 7, 8, 9]) shapes.Add((2, 4, 3, 1, edge, 17 - edge, 20));
        shapes.Add((2, 3, 3, 1, 4, 41, 17));

        var cases = new TheoryData<string, string, int, int, int, int, int, int, int>();
        foreach (string set in KernelSet.Supported.Select(set => set.Name))
        {
            foreach (var (ins, outs, kernel, groups, z, y, x) in shapes)
            {
                cases.Add(set, "direct", ins, outs, kernel, groups, z, y, x);
                if (kernel == 3 && groups == 1) cases.Add(set, "winograd", ins, outs, kernel, groups, z, y, x);
            }
        }
        return cases;
    }

    [Theory, MemberData(nameof(Cases))]
    public void Outputs_and_both_gradients_are_the_sums_of_the_definition(
        string set, string form, int ins, int outs, int kernel, int groups, int z, int y, int x)
    {
        var shape = new ConvShape(ins, outs, kernel, groups);
        Convolution convolution = Create(shape), transposed = Create(shape.Transposed);
        // Winograd's transforms amplify rounding by some units.
        double tolerance = form == "direct" ? 1e-6 : 1e-5;
        var random = new Random(4711);
        float[] weights = Draw(shape.WeightCount), bias = Draw(outs);
        using Activations input = Map(ins), gradient = Map(outs), output = Map(outs), inputGradient = Map(ins);
        var weightGradient = new float[shape.WeightCount];
        var expectedOutput = new double[z * y * outs * x];
        var expectedInputGradient = new double[z * y * ins * x];
        var expectedWeightGradient = new double[shape.WeightCount];
        var mirrored = new float[shape.WeightCount];
        ForEach((iz, iy, co, ix) => expectedOutput[((iz * y + iy) * outs + co) * x + ix] = bias[co], outs);
        ForEachTerm((iz, iy, co, ix, jz, jy, ci, jx, w) =>
        {
            float value = input.Row(jz, jy, ci)[jx], g = gradient.Row(iz, iy, co)[ix];
            expectedOutput[((iz * y + iy) * outs + co) * x + ix] += (double)weights[w] * value;
            expectedInputGradient[((jz * y + jy) * ins + ci) * x + jx] += (double)weights[w] * g;
            expectedWeightGradient[w] += (double)value * g;
        });
        for (int w = 0; w < weights.Length; w++)
        {
            // [group, out, in, tap] → [group, in, out, mirrored tap].
            int tap = w % shape.Taps, ci = w / shape.Taps % shape.InPerGroup, co = w / shape.Taps / shape.InPerGroup;
            int group = co / shape.OutPerGroup;
            int at = ((group * shape.InPerGroup + ci) * shape.OutPerGroup + co % shape.OutPerGroup) * shape.Taps;
            mirrored[at + shape.Taps - 1 - tap] = weights[w];
        }

        Forward(convolution, weights, bias, input, output);
        Forward(transposed, mirrored, new float[ins], gradient, inputGradient);
        using (var scratch = new Scratch())
        {
            fixed (float* sums = weightGradient) convolution.AddWeightGradient(input, gradient, 0, z, sums, scratch);
        }

        AssertMap(expectedOutput, output);
        AssertMap(expectedInputGradient, inputGradient);
        double largest = expectedWeightGradient.Max(Math.Abs);
        for (int w = 0; w < weights.Length; w++)
            Assert.True(Math.Abs(expectedWeightGradient[w] - weightGradient[w]) < 1e-5 * largest + 1e-6, $"weight {w}"); // thousands of products of either sign

        Convolution Create(ConvShape wanted)
        {
            KernelSet kernels = KernelSet.Choose(set);
            return form == "direct" ? kernels.Direct(wanted) : kernels.Winograd(wanted);
        }

        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextSingle() - 1)];

        Activations Map(int channels)
        {
            var map = new Activations();
            map.Reshape(z, y, channels, x);
            ForEach((iz, iy, c, ix) => map.Row(iz, iy, c)[ix] = 2 * random.NextSingle() - 1, channels);
            return map;
        }

        void ForEach(Action<int, int, int, int> action, int channels)
        {
            for (int iz = 0; iz < z; iz++)
                for (int iy = 0; iy < y; iy++)
                    for (int c = 0; c < channels; c++)
                        for (int ix = 0; ix < x; ix++) action(iz, iy, c, ix);
        }

        void ForEachTerm(Term action) => ForEach((iz, iy, co, ix) =>
        {
            for (int w = 0; w < shape.InPerGroup * shape.Taps; w++)
            {
                int tap = w % shape.Taps, ci = co / shape.OutPerGroup * shape.InPerGroup + w / shape.Taps;
                int jz = iz + tap / (kernel * kernel) - kernel / 2, jy = iy + tap / kernel % kernel - kernel / 2;
                int jx = ix + tap % kernel - kernel / 2;
                if (jz >= 0 && jz < z && jy >= 0 && jy < y && jx >= 0 && jx < x)
                    action(iz, iy, co, ix, jz, jy, ci, jx, co * shape.InPerGroup * shape.Taps + w);
            }
        }, outs);

        void AssertMap(double[] expected, Activations map)
        {
            double largestValue = expected.Max(Math.Abs);
            ForEach((iz, iy, c, ix) => Assert.True(
                Math.Abs(expected[((iz * y + iy) * map.Channels + c) * x + ix] - map.Row(iz, iy, c)[ix]) < tolerance * largestValue + 1e-6,
                $"z {iz}, y {iy}, channel {c}, x {ix}"), map.Channels);
            ForEach((iz, iy, c, _) =>
            {
                for (int p = x; p < map.ChannelStride; p++) Assert.Equal(0, map.Row(iz, iy, c)[p]);
            }, map.Channels);
        }
    }

    private delegate void Term(int iz, int iy, int co, int ix, int jz, int jy, int ci, int jx, int weight);

    private static void Forward(Convolution convolution, float[] weights, float[] bias, Activations input, Activations output)
    {
        using var scratch = new Scratch();
        fixed (float* packed = new float[convolution.PackedLength], biases = bias)
        {
            convolution.Pack(weights, packed);
            convolution.Forward(
                new(input, biases, null, null, output), packed, Box.All(output), scratch);
        }
    }
}
