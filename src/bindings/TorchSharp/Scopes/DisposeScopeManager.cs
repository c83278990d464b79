namespace TorchSharp;

/// <summary>Knows one thread's innermost scope.</summary>
public class DisposeScopeManager
{
    [ThreadStatic]
    private static DisposeScopeManager? _threadSingleton;

    internal static DisposeScopeManager ThreadSingleton => _threadSingleton ??= new DisposeScopeManager();

    internal DisposeScope? Current { get; private set; }

    internal DisposeScope Open() => Current = new DisposeScope(this, Current);

    internal static DisposeScope? Register(torch.Tensor tensor)
    {
        DisposeScope? scope = ThreadSingleton.Current;
        scope?.Disposables.Add(tensor);
        return scope;
    }

    /// <summary>Takes a scope out of the thread's chain, wherever in it.</summary>
    internal void Remove(DisposeScope scope)
    {
        if (Current == scope)
        {
            Current = scope.OuterScope;
            return;
        }

        for (DisposeScope? inner = Current; inner is not null; inner = inner.OuterScope)
        {
            if (inner.OuterScope == scope) inner.OuterScope = scope.OuterScope;
        }
    }
}
