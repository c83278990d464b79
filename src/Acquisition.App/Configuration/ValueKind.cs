using System.Diagnostics.CodeAnalysis;

namespace Acquisition.App.Configuration;

/// <summary>How one kind of value is written in a configuration and what of it is accepted.</summary>
/// <remarks><see cref="Write"/> gives text that <see cref="TryRead"/> takes back to an equal value.</remarks>
internal abstract class ValueKind<T>
{
    /// <summary>Completes the sentence "expected …".</summary>
    public abstract string Accepted { get; }

    /// <summary>Whether the text is written between quotes in YAML; numbers and words of a fixed set are not.</summary>
    public virtual bool Quoted => false;

    public abstract bool TryRead(string text, [MaybeNullWhen(false)] out T value);

    public abstract string Write(T value);

    /// <summary>What to write instead of a text that was not accepted; <see langword="null"/> when nothing better is known.</summary>
    public virtual string? Hint(string text) => null;
}
