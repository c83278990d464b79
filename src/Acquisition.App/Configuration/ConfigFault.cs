namespace Acquisition.App.Configuration;

/// <summary>One thing wrong with a configuration.</summary>
/// <param name="Where">File and 1-based line, or the option of the command line.</param>
/// <param name="Message">Key path, what was found, what is accepted, and what to do.</param>
internal sealed record ConfigFault(string Where, string Message)
{
    public override string ToString() => $"{Where}: {Message}.";
}
