namespace Acquisition.Tests.Support;

/// <summary>Keeps what was reported, in order.</summary>
internal sealed class Told : IProgress<string>
{
    public List<string> Lines { get; } = [];

    public void Report(string value) => Lines.Add(value);
}
