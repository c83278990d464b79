using TorchSharp.Native;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>The elements in the processor's memory, or a copy of them there.</summary>
        /// <exception cref="ArgumentException"><typeparamref name="T"/> is not the tensor's type.</exception>
        public TensorAccessor<T> data<T>() where T : unmanaged
        {
            ValidateType(typeof(T));
            return new TensorAccessor<T>(is_cpu() ? this : cpu());
        }

        /// <summary>The only element.</summary>
        /// <exception cref="ArgumentException">There is more than one, or <typeparamref name="T"/> is not the tensor's type.</exception>
        public T item<T>() where T : unmanaged
        {
            if (NumberOfElements != 1) throw new ArgumentException("Number of elements in the tensor must be 1");
            ValidateType(typeof(T));
            if (is_cpu()) return new TensorAccessor<T>(this)[0];
            using Tensor copy = cpu();
            return new TensorAccessor<T>(copy)[0];
        }

        public Scalar ToScalar() => Scalar.From(Aten.Item.CallNumber(this));

        /// <summary>The elements themselves, not a copy. Setting copies into them.</summary>
        /// <exception cref="InvalidOperationException">The elements lie apart, or not in the processor's memory.</exception>
        /// <exception cref="ArgumentException">They have 2 GiB or more, or another size than what is assigned.</exception>
        public unsafe Span<byte> bytes
        {
            get
            {
                long bytes = NumberOfElements * ElementSize;
                if (!is_contiguous()) throw new InvalidOperationException("Bytes() called on non-contiguous tensor.");
                if (bytes > int.MaxValue) throw new ArgumentException("Span only supports up to int.MaxValue elements.");
                return new Span<byte>((void*)Data, (int)bytes);
            }

            set
            {
                if (!is_contiguous()) throw new InvalidOperationException("SetBytes() called on non-contiguous tensor.");
                if (NumberOfElements * ElementSize != value.Length) throw new ArgumentException("Mismatched data sizes in SetBytes().");
                value.CopyTo(new Span<byte>((void*)Data, value.Length));
            }
        }

        /// <exception cref="InvalidOperationException">The elements lie apart, or not in the processor's memory.</exception>
        public unsafe void WriteBytesToStream(Stream stream, int bufferSize = 1024)
        {
            if (!is_contiguous()) throw new InvalidOperationException("Bytes() called on non-contiguous tensor.");
            long left = NumberOfElements * ElementSize;
            byte* from = (byte*)Data;
            for (; left > 0; from += bufferSize, left -= bufferSize)
                stream.Write(new ReadOnlySpan<byte>(from, (int)Math.Min(left, bufferSize)));
            GC.KeepAlive(this);
        }

        /// <exception cref="EndOfStreamException">The stream has fewer bytes than the tensor.</exception>
        /// <inheritdoc cref="WriteBytesToStream"/>
        public unsafe void ReadBytesFromStream(Stream stream, int bufferSize = 1024)
        {
            if (!is_contiguous()) throw new InvalidOperationException("Bytes() called on non-contiguous tensor.");
            long left = NumberOfElements * ElementSize;
            byte* to = (byte*)Data;
            for (; left > 0; to += bufferSize, left -= bufferSize)
                stream.ReadExactly(new Span<byte>(to, (int)Math.Min(left, bufferSize)));
            GC.KeepAlive(this);
        }

        /// <summary>Address of the first element.</summary>
        /// <exception cref="InvalidOperationException">The elements are not in the processor's memory.</exception>
        internal nint Data
        {
            get
            {
                if (device_type != DeviceType.CPU)
                {
                    throw new InvalidOperationException(
                        "Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
                }

                LibTorch.Check(LibTorch.tensor_data(Handle, out nint data));
                GC.KeepAlive(this);
                return data;
            }
        }

        private void ValidateType(Type type)
        {
            ScalarType own = dtype;
            if (own == ScalarType.BFloat16) throw new ArgumentException($"No support for {own} in TorchSharp");
            if (ToScalarType(type) != own) throw new ArgumentException($"{type.Name} is not compatible with {own}");
        }
    }
}
