using System.Text.RegularExpressions;

namespace Acquisition.App.Configuration;

/// <summary>Where networks are computed.</summary>
internal sealed partial class DeviceName : ValueKind<string>
{
    public override string Accepted => "auto, cpu, cuda or, to choose among several cards, cuda:0, cuda:1 and so on";

    public override bool TryRead(string text, out string value)
    {
        value = text;
        return Form().IsMatch(text);
    }

    public override string Write(string value) => value;

    public override string? Hint(string text) => text is "gpu" or "GPU" ? "did you mean cuda?" : null;

    [GeneratedRegex(@"^(auto|cpu|cuda(:[0-9]{1,3})?)\z")]
    private static partial Regex Form();
}
