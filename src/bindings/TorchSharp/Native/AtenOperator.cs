using System.Runtime.InteropServices;

namespace TorchSharp.Native;

/// <summary>An operator of libtorch, called by its name. It is looked up at the first call.</summary>
/// <param name="name">As in libtorch's schemas, without the namespace, such as add.Tensor.</param>
internal sealed unsafe class AtenOperator(string name)
{
    private const int RoomOnStack = 64;

    private nint _found;

    public string Name => name;

    /// <exception cref="ExternalException">This libtorch has no such operator.</exception>
    public nint Resolve()
    {
        if (_found != 0) return _found;
        string[] parts = name.Split('.');
        LibTorch.Check(LibTorch.torch_find("aten::" + parts[0], parts.Length > 1 ? parts[1] : "", out nint found));
        return _found = found;
    }

    /// <summary>Calls an operator with one result. What is left out at the end is as in the operator's schema.</summary>
    /// <exception cref="ExternalException">libtorch refused.</exception>
    public torch.Tensor Call(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue result;
        Invoke(arguments, &result, 1);
        return new torch.Tensor(result.Pointer);
    }

    /// <summary>Calls an operator that changes what it is given; its result is of no interest.</summary>
    /// <inheritdoc cref="Call"/>
    public void Run(params ReadOnlySpan<Argument> arguments) => Invoke(arguments, null, 0);

    /// <inheritdoc cref="Call"/>
    public (torch.Tensor First, torch.Tensor Second) CallTwo(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue* results = stackalloc NativeValue[2];
        Invoke(arguments, results, 2);
        return (new torch.Tensor(results[0].Pointer), new torch.Tensor(results[1].Pointer));
    }

    /// <inheritdoc cref="Call"/>
    public torch.Tensor[] CallMany(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue result;
        Invoke(arguments, &result, 1);
        return [.. new ReadOnlySpan<nint>((void*)result.Pointer, (int)result.Length).ToArray().Select(handle => new torch.Tensor(handle))];
    }

    /// <summary>Calls an operator that gives a number.</summary>
    /// <inheritdoc cref="Call"/>
    public NativeValue CallNumber(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue result;
        Invoke(arguments, &result, 1);
        return result;
    }

    private void Invoke(ReadOnlySpan<Argument> arguments, NativeValue* results, int room)
    {
        int needed = 0;
        foreach (ref readonly Argument argument in arguments) needed += argument.Room;
        long* onStack = stackalloc long[RoomOnStack], lists = needed <= RoomOnStack ? onStack : (long*)NativeMemory.Alloc((nuint)needed, 8);
        NativeValue* values = stackalloc NativeValue[arguments.Length];
        try
        {
            int used = 0;
            for (int i = 0; i < arguments.Length; i++)
            {
                arguments[i].Write(values + i, lists + used);
                used += arguments[i].Room;
            }

            LibTorch.Check(LibTorch.torch_call(Resolve(), values, arguments.Length, results, room));
        }
        finally
        {
            if (lists != onStack) NativeMemory.Free(lists);
            foreach (ref readonly Argument argument in arguments) GC.KeepAlive(argument.Reference);
        }
    }
}
