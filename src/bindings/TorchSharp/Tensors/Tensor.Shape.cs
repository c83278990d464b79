using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor as_strided(long[] size, long[] strides, long storageOffset = 0L) => Aten.AsStrided.Call(this, size, strides, storageOffset);

        public Tensor broadcast_to(params long[] shape) => Aten.BroadcastTo.Call(this, shape);

        public Tensor[] chunk(long chunks, long dim = 0L) => Aten.Chunk.CallMany(this, chunks, dim);

        public Tensor expand(params long[] sizes) => Aten.Expand.Call(this, sizes);

        public Tensor expand(long[] sizes, bool isImplicit = false) => Aten.Expand.Call(this, sizes, isImplicit);

        public Tensor expand_as(Tensor other) => expand(other.shape);

        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Aten.Flatten.Call(this, start_dim, end_dim);

        public Tensor flip(params long[] dims) => Aten.Flip.Call(this, dims);

        public Tensor movedim(long[] source, long[] destination) => Aten.MoveDim.Call(this, source, destination);

        public Tensor narrow(long dim, long start, long length) => Aten.Narrow.Call(this, dim, start, length);

        public Tensor permute(params long[] permutation) => Aten.Permute.Call(this, permutation);

        public Tensor repeat(params long[] sizes) => Aten.Repeat.Call(this, sizes);

        public Tensor reshape(params long[] shape) => Aten.Reshape.Call(this, shape);

        public Tensor roll(long shifts, long? dims = null) => roll([shifts], dims is long dim ? [dim] : []);

        public Tensor roll(long[] shifts, long[] dims) => Aten.Roll.Call(this, shifts, dims);

        /// <summary>Turns in the plane of two dimensions, the first two where none are given.</summary>
        public Tensor rot90(long k = 1, (long, long)? dims = null) =>
            Aten.Rot90.Call(this, k, dims is (long first, long second) ? Dims(first, second) : Dims(0, 1));

        public Tensor select(long dim, long index) => Aten.Select.Call(this, dim, index);

        public Tensor slice(long dim, long start, long finish, long step) => Aten.Slice.Call(this, dim, start, finish, step);

        public Tensor[] split(long size, int dim = 0) => Aten.Split.CallMany(this, size, (long)dim);

        public Tensor[] split(long[] sizes, long dim = 0) => Aten.SplitSizes.CallMany(this, sizes, dim);

        public Tensor[] split(ReadOnlySpan<long> sizes, long dim = 0) => split(sizes.ToArray(), dim);

        public Tensor[] split(params long[] sizes) => split(sizes, 0);

        public Tensor squeeze(long? dim = null) => dim is long one ? Aten.SqueezeDim.Call(this, one) : Aten.Squeeze.Call(this);

        public Tensor t() => Dimensions < 2 ? alias() : transpose(0, 1);

        public Tensor transpose(long dim0, long dim1) => Aten.Transpose.Call(this, dim0, dim1);

        public Tensor[] unbind(long dimension = 0L) => Aten.Unbind.CallMany(this, dimension);

        public Tensor unfold(long dimension, long size, long step) => Aten.Unfold.Call(this, dimension, size, step);

        public Tensor unsqueeze(long dim) => Aten.Unsqueeze.Call(this, dim);

        public Tensor view(params long[] shape) => Aten.View.Call(this, shape);

        public Tensor view_as(Tensor other) => view(other.shape);
    }
}
