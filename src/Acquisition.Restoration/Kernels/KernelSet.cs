using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Acquisition.Core;
using Acquisition.Restoration.Fourier;
using Acquisition.Restoration.Kernels.Lanes;
using Acquisition.Restoration.Network;

namespace Acquisition.Restoration.Kernels;

/// <summary>All kernels for one vector width. The one place that chooses between widths and between forms of a convolution.</summary>
internal abstract unsafe class KernelSet
{
    /// <summary>Names a kernel set: avx512, avx2 or scalar. Unset: the widest the processor has.</summary>
    public const string Override = "ACQUISITION_SIMD";

    /// <summary>Below this many planes most of a Winograd tile would be computed for nothing.</summary>
    private const int FewestWinogradPlanes = 3;

    /// <summary>Below this many products a channel the transforms cost more than they save.</summary>
    private const int FewestWinogradChannels = 4;

    private static readonly (string Name, bool IsSupported, Func<KernelSet> Create)[] All =
    [
        ("avx512", Avx512F.IsSupported, () => new KernelSet<Lanes512, Vector512<float>>("avx512")),
        ("avx2", Avx2.IsSupported && Fma.IsSupported, () => new KernelSet<Lanes256, Vector256<float>>("avx2")),
        ("scalar", true, () => new KernelSet<LanesScalar, float>("scalar")),
    ];

    private static KernelSet? _default;

    protected KernelSet(string name) => Name = name;

    /// <summary>What the environment asks for, or the widest.</summary>
    /// <exception cref="RestorationException">The environment asks for what there is not.</exception>
    public static KernelSet Default => _default ??= Choose(Environment.GetEnvironmentVariable(Override));

    /// <summary>Every set this processor can run, widest first.</summary>
    public static IEnumerable<KernelSet> Supported => All.Where(set => set.IsSupported).Select(set => set.Create());

    public string Name { get; }

    /// <summary>The fastest form of a convolution.</summary>
    /// <param name="planes">Of the volumes it will be applied to; equal bits need equal forms.</param>
    public Convolution Convolution(ConvShape shape, int planes)
    {
        bool winograd = shape is { Kernel: 3, Groups: 1 } && planes >= FewestWinogradPlanes
            && Math.Min(shape.In, shape.Out) >= FewestWinogradChannels;
        return winograd ? Winograd(shape) : Direct(shape);
    }

    public abstract Convolution Direct(ConvShape shape);

    public abstract Convolution Winograd(ConvShape shape);

    /// <summary>Fourier transforms of lines of this length: a product of 2, 3 and 5.</summary>
    public abstract LineFft Fourier(int length);

    /// <inheritdoc cref="Rectifier{TLanes, TVector}.Backward"/>
    public abstract void RectifierBackward(
        float* slopes, Activations map, bool isOutput, Activations gradient, Box box, float* slopeGradient, float* biasGradient);

    /// <inheritdoc cref="Rectifier{TLanes, TVector}.AddBiasGradient"/>
    public abstract void AddBiasGradient(Activations gradient, float* biasGradient);

    /// <inheritdoc cref="PhaseSums{TLanes, TVector}.Gather"/>
    public abstract void GatherPhases(
        int axis, int factor, int inner, float bias, Activations from, Activations to, Box box, float* zeroRow);

    /// <inheritdoc cref="PhaseSums{TLanes, TVector}.Scatter"/>
    public abstract void ScatterPhases(
        int axis, int factor, int inner, Activations from, Activations to, Box box, float* zeroRow);

    /// <inheritdoc cref="VoxelShuffle{TLanes, TVector}.AddRow"/>
    public abstract void AddFineRow(float* phases, nint phaseStride, int factor, float share, float* fine, int length);

    /// <inheritdoc cref="VoxelShuffle{TLanes, TVector}.CompareRow"/>
    public abstract double CompareFineRow(
        float* phases, nint phaseStride, int factor, float* wanted, float* weights, float gain, float* gradient, nint gradientStride,
        int length);

    /// <exception cref="RestorationException">The name is unknown, or the processor lacks what it names.</exception>
    internal static KernelSet Choose(string? name)
    {
        foreach (var set in All)
        {
            if (string.IsNullOrEmpty(name) ? set.IsSupported : set.Name == name)
            {
                return set.IsSupported ? set.Create() : throw new RestorationException(
                    $"{Override} is {name}, which this processor does not have. It has {Names(supportedOnly: true)}.");
            }
        }
        throw new RestorationException($"{Override} is '{name}'; {Names(supportedOnly: false)} is accepted, or nothing for the widest.");
    }

    private static string Names(bool supportedOnly) =>
        string.Join(", ", All.Where(set => set.IsSupported || !supportedOnly).Select(set => set.Name));
}

/// <inheritdoc/>
internal sealed unsafe class KernelSet<TLanes, TVector>(string name) : KernelSet(name)
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    public override Convolution Direct(ConvShape shape) => new DirectConvolution<TLanes, TVector>(shape);

    public override Convolution Winograd(ConvShape shape) => new WinogradConvolution<TLanes, TVector>(shape);

    public override LineFft Fourier(int length) => new LineFft<TLanes, TVector>(length);

    public override void RectifierBackward(
        float* slopes, Activations map, bool isOutput, Activations gradient, Box box, float* slopeGradient, float* biasGradient) =>
        Rectifier<TLanes, TVector>.Backward(slopes, map, isOutput, gradient, box, slopeGradient, biasGradient);

    public override void AddBiasGradient(Activations gradient, float* biasGradient) =>
        Rectifier<TLanes, TVector>.AddBiasGradient(gradient, biasGradient);

    public override void GatherPhases(
        int axis, int factor, int inner, float bias, Activations from, Activations to, Box box, float* zeroRow) =>
        PhaseSums<TLanes, TVector>.Gather(axis, factor, inner, bias, from, to, box, zeroRow);

    public override void ScatterPhases(
        int axis, int factor, int inner, Activations from, Activations to, Box box, float* zeroRow) =>
        PhaseSums<TLanes, TVector>.Scatter(axis, factor, inner, from, to, box, zeroRow);

    public override void AddFineRow(float* phases, nint phaseStride, int factor, float share, float* fine, int length) =>
        VoxelShuffle<TLanes, TVector>.AddRow(phases, phaseStride, factor, share, fine, length);

    public override double CompareFineRow(
        float* phases, nint phaseStride, int factor, float* wanted, float* weights, float gain, float* gradient, nint gradientStride,
        int length) =>
        VoxelShuffle<TLanes, TVector>.CompareRow(phases, phaseStride, factor, wanted, weights, gain, gradient, gradientStride, length);
}
