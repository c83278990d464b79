using System.Collections;

namespace TorchSharp.Utils;

/// <summary>The elements of a tensor in the processor's memory, in the order of its indices. Keeps the tensor alive, but not from being disposed.</summary>
public sealed unsafe class TensorAccessor<T> : IDisposable, IEnumerable<T> where T : unmanaged
{
    private readonly T* _data;
    private torch.Tensor? _tensor;

    internal TensorAccessor(torch.Tensor tensor)
    {
        _data = (T*)tensor.Data;
        _tensor = tensor;
    }

    public long Count => _tensor?.numel() ?? 0;

    /// <summary>One element, by one index into all of them or by one in each dimension.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such element.</exception>
    public T this[params long[] indices]
    {
        get => _data[Offset(indices)];
        set => _data[Offset(indices)] = value;
    }

    public T[] ToArray()
    {
        var array = new T[Count];
        if (array.Length > 0) CopyTo(array.AsSpan());
        return array;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    /// <summary>Copies as many elements as there are, or as there is room for.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tensor has no element <paramref name="tensorIndex"/>.</exception>
    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        Span<T> target = array[arrayIndex..];
        if (IsRun(target.Length, tensorIndex, out T* from, out int count)) new ReadOnlySpan<T>(from, count).CopyTo(target);
        else for (int i = 0; i < target.Length && tensorIndex + i < Count; i++) target[i] = this[tensorIndex + i];
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    /// <inheritdoc cref="CopyTo(Span{T}, int, long)"/>
    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        ReadOnlySpan<T> source = array[arrayIndex..];
        if (IsRun(source.Length, tensorIndex, out T* to, out int count)) source[..count].CopyTo(new Span<T>(to, count));
        else for (int i = 0; i < source.Length && tensorIndex + i < Count; i++) this[tensorIndex + i] = source[i];
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (long i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Lets the tensor go, without disposing it.</summary>
    public void Dispose() => _tensor = null;

    /// <summary>Whether the elements lie side by side; then also where a copy starts and how long it is.</summary>
    private bool IsRun(int length, long index, out T* start, out int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        start = _data + index;
        count = (int)Math.Min(length, Count - index);
        return _tensor!.is_contiguous();
    }

    private long Offset(long[] indices)
    {
        torch.Tensor tensor = _tensor ?? throw new ObjectDisposedException(nameof(TensorAccessor<T>));
        long[] sizes = tensor.shape, strides = tensor.stride();
        long offset = 0, rest = indices[0];
        if (indices.Length == 1)
        {
            if (rest < 0 || rest >= tensor.numel()) throw new IndexOutOfRangeException();
            for (int i = sizes.Length - 1; i >= 0; i--)
            {
                rest = Math.DivRem(rest, sizes[i], out long index);
                offset += index * strides[i];
            }

            return offset;
        }

        for (int i = 0; i < sizes.Length; i++)
        {
            if (indices[i] < 0 || indices[i] >= sizes[i]) throw new IndexOutOfRangeException($"{indices[i]} >= {sizes[i]} in dimension {i}.");
            offset += indices[i] * strides[i];
        }

        return offset;
    }
}
