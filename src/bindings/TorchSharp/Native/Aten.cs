namespace TorchSharp.Native;

/// <summary>Every operator of libtorch that the binding calls. Each exists in libtorch 1.13 and in 2.x with the same leading arguments.</summary>
internal static class Aten
{
    public static readonly AtenOperator
        // arithmetic
        Abs = new("abs"), Add = new("add.Tensor"), AddScalar = new("add.Scalar"), AddTo = new("add_.Tensor"), AddScalarTo = new("add_.Scalar"),
        AddCDivTo = new("addcdiv_"), AddCMulTo = new("addcmul_"), Clamp = new("clamp"), ClampTensor = new("clamp.Tensor"), ClampTo = new("clamp_"),
        Div = new("div.Tensor_mode"), DivScalar = new("div.Scalar_mode"), DivTo = new("div_.Tensor_mode"), DivScalarTo = new("div_.Scalar_mode"), Exp = new("exp"),
        Log = new("log"), Log10 = new("log10"), Log1p = new("log1p"), Maximum = new("maximum"), Minimum = new("minimum"), Mul = new("mul.Tensor"),
        MulScalar = new("mul.Scalar"), MulTo = new("mul_.Tensor"), MulScalarTo = new("mul_.Scalar"), Neg = new("neg"),
        Pow = new("pow.Tensor_Scalar"), PowTensor = new("pow.Tensor_Tensor"), Reciprocal = new("reciprocal"), Round = new("round.decimals"),
        Sigmoid = new("sigmoid"), Sqrt = new("sqrt"), Sub = new("sub.Tensor"), SubScalar = new("sub.Scalar"), SubTo = new("sub_.Tensor"),
        SubScalarTo = new("sub_.Scalar"), Tanh = new("tanh"), Where = new("where.self"), Lerp = new("lerp.Tensor"), Sign = new("sign"),
        Floor = new("floor"), Cos = new("cos"), Sin = new("sin"),

        // comparison
        Equal = new("equal"), Eq = new("eq.Tensor"), EqScalar = new("eq.Scalar"), Ge = new("ge.Tensor"), GeScalar = new("ge.Scalar"), Gt = new("gt.Tensor"),
        GtScalar = new("gt.Scalar"), Le = new("le.Tensor"), LeScalar = new("le.Scalar"), Lt = new("lt.Tensor"), LtScalar = new("lt.Scalar"),
        Ne = new("ne.Tensor"), NeScalar = new("ne.Scalar"), AllClose = new("allclose"), IsFinite = new("isfinite"), IsNan = new("isnan"),
        LogicalNot = new("logical_not"), LogicalAnd = new("logical_and"), LogicalOr = new("logical_or"),

        // reductions
        All = new("all"), Any = new("any"), Max = new("max"), MaxDim = new("max.dim"), Mean = new("mean"), MeanDim = new("mean.dim"),
        Min = new("min"), MinDim = new("min.dim"), Norm = new("norm.Scalar"), NormDim = new("norm.ScalarOpt_dim"), Std = new("std"),
        StdDim = new("std.dim"), Sum = new("sum"), SumDim = new("sum.dim_IntList"), Var = new("var"), VarDim = new("var.dim"),
        AMax = new("amax"), AMin = new("amin"), ArgMax = new("argmax"), Quantile = new("quantile"),

        // shape
        AsStrided = new("as_strided"), BroadcastTo = new("broadcast_to"), Cat = new("cat"), Chunk = new("chunk"), Expand = new("expand"),
        Flatten = new("flatten.using_ints"), Flip = new("flip"), Index = new("index.Tensor"), IndexPutTo = new("index_put_"),
        IndexSelect = new("index_select"), MoveDim = new("movedim.intlist"), Narrow = new("narrow"), Permute = new("permute"),
        Repeat = new("repeat"), Reshape = new("reshape"), Roll = new("roll"), Rot90 = new("rot90"), Select = new("select.int"),
        Slice = new("slice.Tensor"), Split = new("split.Tensor"), SplitSizes = new("split_with_sizes"), Squeeze = new("squeeze"),
        SqueezeDim = new("squeeze.dim"), Stack = new("stack"), Transpose = new("transpose.int"), Unbind = new("unbind.int"),
        Unsqueeze = new("unsqueeze"), View = new("view"), Unfold = new("unfold"), TensorDot = new("tensordot"),

        // making, copying and filling
        Arange = new("arange.start_step"), Clone = new("clone"), Contiguous = new("contiguous"), CopyTo = new("copy_"), Detach = new("detach"),
        DetachTo = new("detach_"), Empty = new("empty.memory_format"), EmptyLike = new("empty_like"), Eye = new("eye.m"),
        Fill = new("fill_.Scalar"), Full = new("full"), FullLike = new("full_like"), Item = new("_local_scalar_dense"),
        LinSpace = new("linspace"), Ones = new("ones"), OnesLike = new("ones_like"), PinMemory = new("pin_memory"), Set = new("set_.source_Tensor"),
        To = new("_to_copy"), Zero = new("zero_"), Zeros = new("zeros"), ZerosLike = new("zeros_like"),

        // chance
        Bernoulli = new("bernoulli"), Normal = new("normal_"), Poisson = new("poisson"), Rand = new("rand.generator"), RandLike = new("rand_like"),
        RandInt = new("randint.low_generator"), RandN = new("randn.generator"), RandNLike = new("randn_like"), RandPerm = new("randperm.generator"),
        Uniform = new("uniform_"),

        // products
        Bmm = new("bmm"), Linear = new("linear"), MatMul = new("matmul"), Mm = new("mm"),

        // convolution, sampling and pooling
        AdaptiveAvgPool2d = new("adaptive_avg_pool2d"), AdaptiveAvgPool3d = new("adaptive_avg_pool3d"), AvgPool2d = new("avg_pool2d"),
        AvgPool3d = new("avg_pool3d"), Conv2d = new("conv2d"), Conv3d = new("conv3d"),
        ConvTranspose2d = new("conv_transpose2d.input"), ConvTranspose3d = new("conv_transpose3d.input"),
        MaxPool2d = new("max_pool2d"), MaxPool3d = new("max_pool3d"), Pad = new("pad"), PixelShuffle = new("pixel_shuffle"),
        UpsampleBilinear2d = new("upsample_bilinear2d"), UpsampleNearest1d = new("upsample_nearest1d"), UpsampleNearest2d = new("upsample_nearest2d"),
        UpsampleNearest3d = new("upsample_nearest3d"), UpsampleTrilinear3d = new("upsample_trilinear3d"),

        // activation, normalisation and losses
        BatchNorm = new("batch_norm"), BinaryCrossEntropyWithLogits = new("binary_cross_entropy_with_logits"), Dropout = new("dropout"),
        DropoutTo = new("dropout_"), FeatureDropout = new("feature_dropout"), InstanceNorm = new("instance_norm"), L1Loss = new("l1_loss"),
        LeakyRelu = new("leaky_relu"), LeakyReluTo = new("leaky_relu_"), MseLoss = new("mse_loss"), PRelu = new("prelu"), Relu = new("relu"),
        ReluTo = new("relu_"), SmoothL1Loss = new("smooth_l1_loss"), Softmax = new("softmax.int"), Softplus = new("softplus");
}
