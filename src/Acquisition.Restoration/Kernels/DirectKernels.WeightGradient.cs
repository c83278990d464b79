using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Acquisition.Restoration.Network;
using V = System.Runtime.Intrinsics.Vector512<float>;

namespace Acquisition.Restoration.Kernels;

/// <content>Gradients with respect to weights: dot products of gradient rows with shifted input rows. Each block of output channels,
/// input channels and taps in x keeps its sums in named registers over the whole sample; an array of them would live in memory.</content>
internal sealed unsafe partial class DirectKernels
{
    public void AddWeightGradient(ConvShape shape, Activations input, Activations outputGradient, float* weightGradient)
    {
        int radius = shape.Radius, k = shape.Kernel;
        nint inWeights = shape.Taps, outWeights = shape.InPerGroup * inWeights;
        int width = (input.X + Lanes - 1) / Lanes * Lanes;
        for (int kz = 0; kz < k; kz++)
        {
            for (int ky = 0; ky < k; ky++)
            {
                int firstZ = Math.Max(0, radius - kz), endZ = Math.Min(input.Z, input.Z + radius - kz);
                int firstY = Math.Max(0, radius - ky), endY = Math.Min(input.Y, input.Y + radius - ky);
                if (endZ <= firstZ || endY <= firstY) continue;
                var rows = new Overlap(
                    endZ - firstZ, endY - firstY, width, outputGradient.PlaneStride, outputGradient.RowStride,
                    outputGradient.ChannelStride, input.PlaneStride, input.RowStride, input.ChannelStride);
                float* from = input.Row(firstZ + kz - radius, firstY + ky - radius) - radius;
                float* gradient = outputGradient.Row(firstZ, firstY);
                float* sums = weightGradient + (kz * k + ky) * k;
                for (int co = 0; co < shape.Out;)
                {
                    int outs = BlockSize(shape, co), firstIn = co / shape.OutPerGroup * shape.InPerGroup;
                    for (int ci = 0; ci < shape.InPerGroup;)
                    {
                        float* g = gradient + co * rows.GradientChannel;
                        float* p = from + (firstIn + ci) * rows.InputChannel;
                        float* s = sums + co * outWeights + ci * inWeights;
                        ci += AddBlock(rows, g, p, s, outs, shape.InPerGroup - ci, k, outWeights, inWeights);
                    }
                    co += outs;
                }
            }
        }
    }

    /// <summary>Rows of gradient and input that meet under one (kz, ky).</summary>
    private readonly record struct Overlap(
        int Planes, int Rows, int Width, nint GradientPlane, nint GradientRow, nint GradientChannel,
        nint InputPlane, nint InputRow, nint InputChannel);

    /// <summary>Adds what one block of output channels and some input channels contribute; returns how many input channels.</summary>
    private static int AddBlock(
        in Overlap rows, float* g, float* p, float* s, int outs, int insLeft, int k, nint outWeights, nint inWeights)
    {
        if (k == 3 && outs == 4 && insLeft >= 2)
        {
            Gradient4x2x3(rows, g, p, s, outWeights, inWeights);
            return 2;
        }
        if (k == 3 && outs == 2 && insLeft >= 2)
        {
            Gradient2x2x3(rows, g, p, s, outWeights, inWeights);
            return 2;
        }
        if (k == 5 && outs == 4)
        {
            Gradient4x1x5(rows, g, p, s, outWeights, inWeights);
            return 1;
        }
        if (k == 1 && outs == 4 && insLeft >= 4)
        {
            Gradient4x4x1(rows, g, p, s, outWeights, inWeights);
            return 4;
        }
        for (int co = 0; co < outs; co++)
        {
            for (int kx = 0; kx < k; kx++)
                Gradient1x1x1(rows, g + co * rows.GradientChannel, p + kx, s + co * outWeights + kx, outWeights, inWeights);
        }
        return 1;
    }

    /// <summary>4 output channels, 2 input channels, 3 taps in x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gradient4x2x3(in Overlap rows, float* gradient, float* input, float* sums, nint outWeights, nint inWeights)
    {
        V s000 = V.Zero, s001 = V.Zero, s002 = V.Zero;
        V s010 = V.Zero, s011 = V.Zero, s012 = V.Zero;
        V s100 = V.Zero, s101 = V.Zero, s102 = V.Zero;
        V s110 = V.Zero, s111 = V.Zero, s112 = V.Zero;
        V s200 = V.Zero, s201 = V.Zero, s202 = V.Zero;
        V s210 = V.Zero, s211 = V.Zero, s212 = V.Zero;
        V s300 = V.Zero, s301 = V.Zero, s302 = V.Zero;
        V s310 = V.Zero, s311 = V.Zero, s312 = V.Zero;
        for (int z = 0; z < rows.Planes; z++)
        {
            for (int y = 0; y < rows.Rows; y++)
            {
                float* g = gradient + z * rows.GradientPlane + y * rows.GradientRow;
                float* p = input + z * rows.InputPlane + y * rows.InputRow;
                for (float* end = g + rows.Width; g < end; g += Lanes, p += Lanes)
                {
                    V g0 = Vector512.Load(g);
                    V g1 = Vector512.Load(g + rows.GradientChannel);
                    V g2 = Vector512.Load(g + 2 * rows.GradientChannel);
                    V g3 = Vector512.Load(g + 3 * rows.GradientChannel);
                    V v = Vector512.Load(p);
                    s000 = Vector512.MultiplyAddEstimate(g0, v, s000);
                    s100 = Vector512.MultiplyAddEstimate(g1, v, s100);
                    s200 = Vector512.MultiplyAddEstimate(g2, v, s200);
                    s300 = Vector512.MultiplyAddEstimate(g3, v, s300);
                    v = Vector512.Load(p + 1);
                    s001 = Vector512.MultiplyAddEstimate(g0, v, s001);
                    s101 = Vector512.MultiplyAddEstimate(g1, v, s101);
                    s201 = Vector512.MultiplyAddEstimate(g2, v, s201);
                    s301 = Vector512.MultiplyAddEstimate(g3, v, s301);
                    v = Vector512.Load(p + 2);
                    s002 = Vector512.MultiplyAddEstimate(g0, v, s002);
                    s102 = Vector512.MultiplyAddEstimate(g1, v, s102);
                    s202 = Vector512.MultiplyAddEstimate(g2, v, s202);
                    s302 = Vector512.MultiplyAddEstimate(g3, v, s302);
                    v = Vector512.Load(p + rows.InputChannel);
                    s010 = Vector512.MultiplyAddEstimate(g0, v, s010);
                    s110 = Vector512.MultiplyAddEstimate(g1, v, s110);
                    s210 = Vector512.MultiplyAddEstimate(g2, v, s210);
                    s310 = Vector512.MultiplyAddEstimate(g3, v, s310);
                    v = Vector512.Load(p + rows.InputChannel + 1);
                    s011 = Vector512.MultiplyAddEstimate(g0, v, s011);
                    s111 = Vector512.MultiplyAddEstimate(g1, v, s111);
                    s211 = Vector512.MultiplyAddEstimate(g2, v, s211);
                    s311 = Vector512.MultiplyAddEstimate(g3, v, s311);
                    v = Vector512.Load(p + rows.InputChannel + 2);
                    s012 = Vector512.MultiplyAddEstimate(g0, v, s012);
                    s112 = Vector512.MultiplyAddEstimate(g1, v, s112);
                    s212 = Vector512.MultiplyAddEstimate(g2, v, s212);
                    s312 = Vector512.MultiplyAddEstimate(g3, v, s312);
                }
            }
        }
        sums[0] += Vector512.Sum(s000);
        sums[1] += Vector512.Sum(s001);
        sums[2] += Vector512.Sum(s002);
        sums[inWeights] += Vector512.Sum(s010);
        sums[inWeights + 1] += Vector512.Sum(s011);
        sums[inWeights + 2] += Vector512.Sum(s012);
        sums[outWeights] += Vector512.Sum(s100);
        sums[outWeights + 1] += Vector512.Sum(s101);
        sums[outWeights + 2] += Vector512.Sum(s102);
        sums[outWeights + inWeights] += Vector512.Sum(s110);
        sums[outWeights + inWeights + 1] += Vector512.Sum(s111);
        sums[outWeights + inWeights + 2] += Vector512.Sum(s112);
        sums[2 * outWeights] += Vector512.Sum(s200);
        sums[2 * outWeights + 1] += Vector512.Sum(s201);
        sums[2 * outWeights + 2] += Vector512.Sum(s202);
        sums[2 * outWeights + inWeights] += Vector512.Sum(s210);
        sums[2 * outWeights + inWeights + 1] += Vector512.Sum(s211);
        sums[2 * outWeights + inWeights + 2] += Vector512.Sum(s212);
        sums[3 * outWeights] += Vector512.Sum(s300);
        sums[3 * outWeights + 1] += Vector512.Sum(s301);
        sums[3 * outWeights + 2] += Vector512.Sum(s302);
        sums[3 * outWeights + inWeights] += Vector512.Sum(s310);
        sums[3 * outWeights + inWeights + 1] += Vector512.Sum(s311);
        sums[3 * outWeights + inWeights + 2] += Vector512.Sum(s312);
    }

    /// <summary>2 output channels, 2 input channels, 3 taps in x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gradient2x2x3(in Overlap rows, float* gradient, float* input, float* sums, nint outWeights, nint inWeights)
    {
        V s000 = V.Zero, s001 = V.Zero, s002 = V.Zero;
        V s010 = V.Zero, s011 = V.Zero, s012 = V.Zero;
        V s100 = V.Zero, s101 = V.Zero, s102 = V.Zero;
        V s110 = V.Zero, s111 = V.Zero, s112 = V.Zero;
        for (int z = 0; z < rows.Planes; z++)
        {
            for (int y = 0; y < rows.Rows; y++)
            {
                float* g = gradient + z * rows.GradientPlane + y * rows.GradientRow;
                float* p = input + z * rows.InputPlane + y * rows.InputRow;
                for (float* end = g + rows.Width; g < end; g += Lanes, p += Lanes)
                {
                    V g0 = Vector512.Load(g);
                    V g1 = Vector512.Load(g + rows.GradientChannel);
                    V v = Vector512.Load(p);
                    s000 = Vector512.MultiplyAddEstimate(g0, v, s000);
                    s100 = Vector512.MultiplyAddEstimate(g1, v, s100);
                    v = Vector512.Load(p + 1);
                    s001 = Vector512.MultiplyAddEstimate(g0, v, s001);
                    s101 = Vector512.MultiplyAddEstimate(g1, v, s101);
                    v = Vector512.Load(p + 2);
                    s002 = Vector512.MultiplyAddEstimate(g0, v, s002);
                    s102 = Vector512.MultiplyAddEstimate(g1, v, s102);
                    v = Vector512.Load(p + rows.InputChannel);
                    s010 = Vector512.MultiplyAddEstimate(g0, v, s010);
                    s110 = Vector512.MultiplyAddEstimate(g1, v, s110);
                    v = Vector512.Load(p + rows.InputChannel + 1);
                    s011 = Vector512.MultiplyAddEstimate(g0, v, s011);
                    s111 = Vector512.MultiplyAddEstimate(g1, v, s111);
                    v = Vector512.Load(p + rows.InputChannel + 2);
                    s012 = Vector512.MultiplyAddEstimate(g0, v, s012);
                    s112 = Vector512.MultiplyAddEstimate(g1, v, s112);
                }
            }
        }
        sums[0] += Vector512.Sum(s000);
        sums[1] += Vector512.Sum(s001);
        sums[2] += Vector512.Sum(s002);
        sums[inWeights] += Vector512.Sum(s010);
        sums[inWeights + 1] += Vector512.Sum(s011);
        sums[inWeights + 2] += Vector512.Sum(s012);
        sums[outWeights] += Vector512.Sum(s100);
        sums[outWeights + 1] += Vector512.Sum(s101);
        sums[outWeights + 2] += Vector512.Sum(s102);
        sums[outWeights + inWeights] += Vector512.Sum(s110);
        sums[outWeights + inWeights + 1] += Vector512.Sum(s111);
        sums[outWeights + inWeights + 2] += Vector512.Sum(s112);
    }

    /// <summary>4 output channels, 1 input channel, 5 taps in x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gradient4x1x5(in Overlap rows, float* gradient, float* input, float* sums, nint outWeights, nint inWeights)
    {
        V s000 = V.Zero, s001 = V.Zero, s002 = V.Zero, s003 = V.Zero, s004 = V.Zero;
        V s100 = V.Zero, s101 = V.Zero, s102 = V.Zero, s103 = V.Zero, s104 = V.Zero;
        V s200 = V.Zero, s201 = V.Zero, s202 = V.Zero, s203 = V.Zero, s204 = V.Zero;
        V s300 = V.Zero, s301 = V.Zero, s302 = V.Zero, s303 = V.Zero, s304 = V.Zero;
        for (int z = 0; z < rows.Planes; z++)
        {
            for (int y = 0; y < rows.Rows; y++)
            {
                float* g = gradient + z * rows.GradientPlane + y * rows.GradientRow;
                float* p = input + z * rows.InputPlane + y * rows.InputRow;
                for (float* end = g + rows.Width; g < end; g += Lanes, p += Lanes)
                {
                    V g0 = Vector512.Load(g);
                    V g1 = Vector512.Load(g + rows.GradientChannel);
                    V g2 = Vector512.Load(g + 2 * rows.GradientChannel);
                    V g3 = Vector512.Load(g + 3 * rows.GradientChannel);
                    V v = Vector512.Load(p);
                    s000 = Vector512.MultiplyAddEstimate(g0, v, s000);
                    s100 = Vector512.MultiplyAddEstimate(g1, v, s100);
                    s200 = Vector512.MultiplyAddEstimate(g2, v, s200);
                    s300 = Vector512.MultiplyAddEstimate(g3, v, s300);
                    v = Vector512.Load(p + 1);
                    s001 = Vector512.MultiplyAddEstimate(g0, v, s001);
                    s101 = Vector512.MultiplyAddEstimate(g1, v, s101);
                    s201 = Vector512.MultiplyAddEstimate(g2, v, s201);
                    s301 = Vector512.MultiplyAddEstimate(g3, v, s301);
                    v = Vector512.Load(p + 2);
                    s002 = Vector512.MultiplyAddEstimate(g0, v, s002);
                    s102 = Vector512.MultiplyAddEstimate(g1, v, s102);
                    s202 = Vector512.MultiplyAddEstimate(g2, v, s202);
                    s302 = Vector512.MultiplyAddEstimate(g3, v, s302);
                    v = Vector512.Load(p + 3);
                    s003 = Vector512.MultiplyAddEstimate(g0, v, s003);
                    s103 = Vector512.MultiplyAddEstimate(g1, v, s103);
                    s203 = Vector512.MultiplyAddEstimate(g2, v, s203);
                    s303 = Vector512.MultiplyAddEstimate(g3, v, s303);
                    v = Vector512.Load(p + 4);
                    s004 = Vector512.MultiplyAddEstimate(g0, v, s004);
                    s104 = Vector512.MultiplyAddEstimate(g1, v, s104);
                    s204 = Vector512.MultiplyAddEstimate(g2, v, s204);
                    s304 = Vector512.MultiplyAddEstimate(g3, v, s304);
                }
            }
        }
        sums[0] += Vector512.Sum(s000);
        sums[1] += Vector512.Sum(s001);
        sums[2] += Vector512.Sum(s002);
        sums[3] += Vector512.Sum(s003);
        sums[4] += Vector512.Sum(s004);
        sums[outWeights] += Vector512.Sum(s100);
        sums[outWeights + 1] += Vector512.Sum(s101);
        sums[outWeights + 2] += Vector512.Sum(s102);
        sums[outWeights + 3] += Vector512.Sum(s103);
        sums[outWeights + 4] += Vector512.Sum(s104);
        sums[2 * outWeights] += Vector512.Sum(s200);
        sums[2 * outWeights + 1] += Vector512.Sum(s201);
        sums[2 * outWeights + 2] += Vector512.Sum(s202);
        sums[2 * outWeights + 3] += Vector512.Sum(s203);
        sums[2 * outWeights + 4] += Vector512.Sum(s204);
        sums[3 * outWeights] += Vector512.Sum(s300);
        sums[3 * outWeights + 1] += Vector512.Sum(s301);
        sums[3 * outWeights + 2] += Vector512.Sum(s302);
        sums[3 * outWeights + 3] += Vector512.Sum(s303);
        sums[3 * outWeights + 4] += Vector512.Sum(s304);
    }

    /// <summary>4 output channels, 4 input channels, 1 tap in x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gradient4x4x1(in Overlap rows, float* gradient, float* input, float* sums, nint outWeights, nint inWeights)
    {
        V s000 = V.Zero;
        V s010 = V.Zero;
        V s020 = V.Zero;
        V s030 = V.Zero;
        V s100 = V.Zero;
        V s110 = V.Zero;
        V s120 = V.Zero;
        V s130 = V.Zero;
        V s200 = V.Zero;
        V s210 = V.Zero;
        V s220 = V.Zero;
        V s230 = V.Zero;
        V s300 = V.Zero;
        V s310 = V.Zero;
        V s320 = V.Zero;
        V s330 = V.Zero;
        for (int z = 0; z < rows.Planes; z++)
        {
            for (int y = 0; y < rows.Rows; y++)
            {
                float* g = gradient + z * rows.GradientPlane + y * rows.GradientRow;
                float* p = input + z * rows.InputPlane + y * rows.InputRow;
                for (float* end = g + rows.Width; g < end; g += Lanes, p += Lanes)
                {
                    V g0 = Vector512.Load(g);
                    V g1 = Vector512.Load(g + rows.GradientChannel);
                    V g2 = Vector512.Load(g + 2 * rows.GradientChannel);
                    V g3 = Vector512.Load(g + 3 * rows.GradientChannel);
                    V v = Vector512.Load(p);
                    s000 = Vector512.MultiplyAddEstimate(g0, v, s000);
                    s100 = Vector512.MultiplyAddEstimate(g1, v, s100);
                    s200 = Vector512.MultiplyAddEstimate(g2, v, s200);
                    s300 = Vector512.MultiplyAddEstimate(g3, v, s300);
                    v = Vector512.Load(p + rows.InputChannel);
                    s010 = Vector512.MultiplyAddEstimate(g0, v, s010);
                    s110 = Vector512.MultiplyAddEstimate(g1, v, s110);
                    s210 = Vector512.MultiplyAddEstimate(g2, v, s210);
                    s310 = Vector512.MultiplyAddEstimate(g3, v, s310);
                    v = Vector512.Load(p + 2 * rows.InputChannel);
                    s020 = Vector512.MultiplyAddEstimate(g0, v, s020);
                    s120 = Vector512.MultiplyAddEstimate(g1, v, s120);
                    s220 = Vector512.MultiplyAddEstimate(g2, v, s220);
                    s320 = Vector512.MultiplyAddEstimate(g3, v, s320);
                    v = Vector512.Load(p + 3 * rows.InputChannel);
                    s030 = Vector512.MultiplyAddEstimate(g0, v, s030);
                    s130 = Vector512.MultiplyAddEstimate(g1, v, s130);
                    s230 = Vector512.MultiplyAddEstimate(g2, v, s230);
                    s330 = Vector512.MultiplyAddEstimate(g3, v, s330);
                }
            }
        }
        sums[0] += Vector512.Sum(s000);
        sums[inWeights] += Vector512.Sum(s010);
        sums[2 * inWeights] += Vector512.Sum(s020);
        sums[3 * inWeights] += Vector512.Sum(s030);
        sums[outWeights] += Vector512.Sum(s100);
        sums[outWeights + inWeights] += Vector512.Sum(s110);
        sums[outWeights + 2 * inWeights] += Vector512.Sum(s120);
        sums[outWeights + 3 * inWeights] += Vector512.Sum(s130);
        sums[2 * outWeights] += Vector512.Sum(s200);
        sums[2 * outWeights + inWeights] += Vector512.Sum(s210);
        sums[2 * outWeights + 2 * inWeights] += Vector512.Sum(s220);
        sums[2 * outWeights + 3 * inWeights] += Vector512.Sum(s230);
        sums[3 * outWeights] += Vector512.Sum(s300);
        sums[3 * outWeights + inWeights] += Vector512.Sum(s310);
        sums[3 * outWeights + 2 * inWeights] += Vector512.Sum(s320);
        sums[3 * outWeights + 3 * inWeights] += Vector512.Sum(s330);
    }

    /// <summary>What no block covers: one weight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gradient1x1x1(in Overlap rows, float* gradient, float* input, float* sums, nint outWeights, nint inWeights)
    {
        V s000 = V.Zero;
        for (int z = 0; z < rows.Planes; z++)
        {
            for (int y = 0; y < rows.Rows; y++)
            {
                float* g = gradient + z * rows.GradientPlane + y * rows.GradientRow;
                float* p = input + z * rows.InputPlane + y * rows.InputRow;
                for (float* end = g + rows.Width; g < end; g += Lanes, p += Lanes)
                {
                    V g0 = Vector512.Load(g);
                    V v = Vector512.Load(p);
                    s000 = Vector512.MultiplyAddEstimate(g0, v, s000);
                }
            }
        }
        sums[0] += Vector512.Sum(s000);
    }
}
