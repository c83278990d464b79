using System.Runtime.CompilerServices;
using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        [IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => index(i1);
            set => index_put_(value, (TensorIndex)i1);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => index(i1, i2);
            set => index_put_(value, (TensorIndex)i1, i2);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3]
        {
            get => index(i1, i2, i3);
            set => index_put_(value, (TensorIndex)i1, i2, i3);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4]
        {
            get => index(i1, i2, i3, i4);
            set => index_put_(value, (TensorIndex)i1, i2, i3, i4);
        }

        /// <summary>A view, or a copy where an index is a tensor.</summary>
        public Tensor index(params TensorIndex[] indices)
        {
            Tensor view = Viewed(indices, out Tensor?[] gathered);
            if (gathered.Length == 0) return view;
            using (view) return Aten.Index.Call(view, Argument.OptionalTensors(gathered));
        }

        public Tensor index(params Tensor[] indices) => Aten.Index.Call(this, Argument.OptionalTensors(indices));

        public Tensor index_put_(Tensor value, params TensorIndex[] indices)
        {
            using Tensor view = Viewed(indices, out Tensor?[] gathered);
            if (gathered.Length == 0) view.copy_(value);
            else Aten.IndexPutTo.Run(view, Argument.OptionalTensors(gathered), value);
            return this;
        }

        public Tensor index_put_(Tensor value, params Tensor[] indices)
        {
            Aten.IndexPutTo.Run(this, Argument.OptionalTensors(indices), value);
            return this;
        }

        public Tensor index_select(long dim, Tensor index) => Aten.IndexSelect.Call(this, dim, index);

        /// <summary>What numbers, slices and new dimensions make of this tensor.</summary>
        /// <param name="gathered">For each dimension of the view up to the last that a tensor picks from: that tensor, or null.</param>
        private Tensor Viewed(TensorIndex[] indices, out Tensor?[] gathered)
        {
            Tensor view = alias();
            var picked = new List<Tensor?>();
            long dim = 0;
            for (int i = 0; i < indices.Length; i++)
            {
                if (indices[i].Of == TensorIndex.Kind.Ellipsis)
                {
                    dim = view.Dimensions - indices[(i + 1)..].Count(index => index.Of != TensorIndex.Kind.NewDimension);
                    continue;
                }

                if (indices[i].Of == TensorIndex.Kind.Tensor)
                {
                    while (picked.Count < dim) picked.Add(null);
                    picked.Add(indices[i].Picked);
                }

                view = Next(view, indices[i], ref dim);
            }

            gathered = [.. picked];
            return view;
        }

        private static Tensor Next(Tensor view, TensorIndex index, ref long dim)
        {
            Tensor next;
            switch (index.Of)
            {
                case TensorIndex.Kind.Single:
                    next = view.select(dim, index.Start ?? 0);
                    break;
                case TensorIndex.Kind.NewDimension:
                    next = view.unsqueeze(dim++);
                    break;
                case TensorIndex.Kind.Slice:
                    next = Aten.Slice.Call(view, dim++, Argument.Optional(index.Start), Argument.Optional(index.Stop), index.Step ?? 1);
                    break;
                default:
                    dim++;
                    return view;
            }

            view.Dispose();
            return next;
        }
    }
}
