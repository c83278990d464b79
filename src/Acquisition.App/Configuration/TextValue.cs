using System.Text.RegularExpressions;

namespace Acquisition.App.Configuration;

/// <summary>Text of a given form.</summary>
internal sealed partial class TextValue : ValueKind<string>
{
    private readonly Regex _form;

    private TextValue(string accepted, Regex form) => (Accepted, _form) = (accepted, form);

    /// <summary>A folder, absolute or relative to the folder that the program is started in.</summary>
    public static TextValue Folder { get; } = new("the path of a folder", AnyPath());

    /// <summary>A ZeroMQ endpoint between processes.</summary>
    public static TextValue Address { get; } = new("an address like tcp://127.0.0.1:5555 or ipc:///tmp/camera", Endpoint());

    /// <summary>A server's address on the web.</summary>
    public static TextValue HttpAddress { get; } = new("an address like http://127.0.0.1:4318", Http());

    /// <summary>Where this program serves a page.</summary>
    public static TextValue ViewerAddress { get; } = new("an address like http://127.0.0.1:5080", Served());

    public override string Accepted { get; }

    public override bool Quoted => true;

    public override bool TryRead(string text, out string value)
    {
        value = text;
        return _form.IsMatch(text);
    }

    public override string Write(string value) => value;

    public override string? Hint(string text) =>
        !HostAndPort().IsMatch(text) ? null
        : this == Address ? $"did you mean tcp://{text}?"
        : this == HttpAddress || this == ViewerAddress ? $"did you mean http://{text}?"
        : null;

    [GeneratedRegex(@"^[^\p{Cc}]*[^\p{Cc}\s][^\p{Cc}]*\z")]
    private static partial Regex AnyPath();

    [GeneratedRegex(@"^(tcp://([A-Za-z0-9_.\-]+|\*|\[[0-9A-Fa-f:.]+\]):(\*|[0-9]{1,5})|ipc://[^\p{Cc}]+)\z")]
    private static partial Regex Endpoint();

    [GeneratedRegex(@"^https?://([A-Za-z0-9_.\-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(/[A-Za-z0-9_.~%/\-]*)?\z")]
    private static partial Regex Http();

    [GeneratedRegex(@"^https?://([A-Za-z0-9_.\-]+|\*|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}\z")]
    private static partial Regex Served();

    [GeneratedRegex(@"^[A-Za-z0-9_.-]+:[0-9]{1,5}\z")]
    private static partial Regex HostAndPort();
}
