namespace TorchSharp;

public static partial class torch
{
    /// <summary>An index into one dimension of a tensor, or several of them.</summary>
    public struct TensorIndex
    {
        public static readonly TensorIndex Ellipsis = new() { Of = Kind.Ellipsis };

        public static readonly TensorIndex None = new() { Of = Kind.NewDimension };

        public static readonly TensorIndex Null = new() { Of = Kind.NewDimension };

        public static readonly TensorIndex Colon = Slice();

        internal enum Kind
        {
            NewDimension,
            Single,
            Ellipsis,
            Tensor,
            Slice,
        }

        internal Kind Of { get; private init; }

        internal long? Start { get; private init; }

        internal long? Stop { get; private init; }

        internal long? Step { get; private init; }

        internal Tensor? Picked { get; private init; }

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) =>
            new() { Of = Kind.Slice, Start = start, Stop = stop, Step = step };

        public static TensorIndex Slice((int? start, int? end) range) => Slice((long?)range.start, (long?)range.end);

        public static TensorIndex Slice(Range range) => Slice(From(range.Start), range.End.Equals(Index.End) ? null : From(range.End));

        public static TensorIndex Single(long? index) => new() { Of = Kind.Single, Start = index };

        public static TensorIndex Tensor(Tensor tensor) => new() { Of = Kind.Tensor, Picked = tensor };

        public static implicit operator TensorIndex(long value) => Single(value);

        public static implicit operator TensorIndex((int? start, int? end) range) => Slice(range);

        public static implicit operator TensorIndex(Range range) => Slice(range);

        public static implicit operator TensorIndex(Index index) => Single(From(index));

        /// <summary>There only so that an index binds to this type where both would do; never called.</summary>
        public static implicit operator Tensor(TensorIndex value) => throw new InvalidOperationException("Should not be called.");

        private static long From(Index index) => index.IsFromEnd ? -index.Value : index.Value;
    }
}
