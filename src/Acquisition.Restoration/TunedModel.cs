using System.Collections.Immutable;

namespace Acquisition.Restoration;

/// <summary>What an engine learned on one volume, to restore others with. Immutable.</summary>
public abstract class TunedModel
{
    /// <summary>As <see cref="Core.Provenance.Method"/> says it.</summary>
    public abstract string Method { get; }

    /// <summary>What else the file says of the model (what it was tuned on, steps, scale), by name.</summary>
    public ImmutableSortedDictionary<string, string> Notes { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>The same weights with one more note; an earlier note of that name is replaced.</summary>
    public abstract TunedModel WithNote(string name, string value);

    /// <summary>The model as a safetensors file. The same model gives the same bytes.</summary>
    public abstract byte[] ToSafeTensors();
}
