using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public long Dimensions => Information.Dimensions;

        public long dim() => Dimensions;

        public long ndim => Dimensions;

        public long NumberOfElements => Information.Elements;

        public long numel() => NumberOfElements;

        public long ElementSize => Information.ElementBytes;

        public long element_size() => ElementSize;

        public bool is_floating_point() => dtype.IsFloatingPoint();

        public bool is_integral() => torch.is_integral(dtype);

        public ScalarType dtype => (ScalarType)Information.Type;

        public DeviceType device_type => (DeviceType)Information.DeviceType;

        public int device_index => Information.DeviceIndex;

        public Device device
        {
            get
            {
                TensorInformation information = Information;
                return new Device((DeviceType)information.DeviceType, information.DeviceType == 0 ? -1 : information.DeviceIndex);
            }
        }

        public bool is_cuda => device_type == DeviceType.CUDA;

        public bool is_cpu() => device_type == DeviceType.CPU;

        public bool is_leaf => Information.IsLeaf != 0;

        public bool is_contiguous() => Information.IsContiguous != 0;

        public bool is_pinned()
        {
            LibTorch.Check(LibTorch.tensor_is_pinned(Handle, out int result));
            GC.KeepAlive(this);
            return result != 0;
        }

        public long[] shape => size();

        public unsafe long[] size()
        {
            TensorInformation information = Information;
            long[] sizes = new ReadOnlySpan<long>(information.Sizes, (int)information.Dimensions).ToArray();
            GC.KeepAlive(this);
            return sizes;
        }

        /// <param name="dim">Negative ones count from the end.</param>
        /// <exception cref="System.Runtime.InteropServices.ExternalException">There is no such dimension.</exception>
        public unsafe long size(int dim)
        {
            TensorInformation information = Information;
            long size = information.Sizes[Wrapped(dim, information.Dimensions)];
            GC.KeepAlive(this);
            return size;
        }

        public unsafe long[] stride()
        {
            TensorInformation information = Information;
            long[] strides = new ReadOnlySpan<long>(information.Strides, (int)information.Dimensions).ToArray();
            GC.KeepAlive(this);
            return strides;
        }

        public unsafe long stride(int dim)
        {
            TensorInformation information = Information;
            long stride = information.Strides[Wrapped(dim, information.Dimensions)];
            GC.KeepAlive(this);
            return stride;
        }

        private unsafe TensorInformation Information
        {
            get
            {
                TensorInformation information;
                LibTorch.Check(LibTorch.tensor_information(Handle, &information));
                GC.KeepAlive(this);
                return information;
            }
        }

        private static long Wrapped(long dim, long dimensions) =>
            dim >= -dimensions && dim < dimensions
                ? dim < 0 ? dim + dimensions : dim
                : throw new System.Runtime.InteropServices.ExternalException(
                    $"Dimension out of range (expected to be in range of [{-dimensions}, {dimensions - 1}], but got {dim})");
    }
}
