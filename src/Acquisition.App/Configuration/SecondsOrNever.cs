namespace Acquisition.App.Configuration;

/// <summary>A duration, or the word <c>never</c> for no limit.</summary>
internal sealed class SecondsOrNever(double max) : ValueKind<TimeSpan?>
{
    private const string Never = "never";

    private readonly Seconds _seconds = new(max);

    public override string Accepted => $"{_seconds.Accepted}, or {Never}";

    public override bool TryRead(string text, out TimeSpan? value)
    {
        value = null;
        if (text == Never) return true;
        if (!_seconds.TryRead(text, out TimeSpan seconds)) return false;
        value = seconds;
        return true;
    }

    public override string Write(TimeSpan? value) => value is { } seconds ? _seconds.Write(seconds) : Never;

    public override string? Hint(string text) => _seconds.Hint(text);
}
