namespace Acquisition.App.Configuration;

/// <summary>A setting given on the command line; it wins over the file.</summary>
/// <param name="Path">Path of the setting, such as <c>source.address</c>.</param>
/// <param name="Option">The option that gave it, such as <c>--source</c>; faults name it.</param>
internal sealed record ConfigOverride(string Path, string Option, string Text);
