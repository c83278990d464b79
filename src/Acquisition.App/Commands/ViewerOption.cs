using System.CommandLine;
using Acquisition.App.Configuration;

namespace Acquisition.App.Commands;

/// <summary><c>--viewer</c>: where the viewer is served, instead of what the file says.</summary>
internal static class ViewerOption
{
    private const string Off = "off";

    public static Option<string?> Create() => new("--viewer")
    {
        Description = "Address of the viewer, such as http://127.0.0.1:5080, where port 0 takes a free one; or 'off'.",
        HelpName = "URL|off",
    };

    public static IEnumerable<ConfigOverride> Overrides(Option<string?> option, ParseResult parsed) => parsed.GetValue(option) switch
    {
        null => [],
        Off => [new("viewer.enabled", option.Name, "false")],
        var address => [new("viewer.enabled", option.Name, "true"), new("viewer.address", option.Name, address)],
    };
}
