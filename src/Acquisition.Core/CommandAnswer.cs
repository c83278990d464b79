namespace Acquisition.Core;

/// <summary>What a run says to a person's command.</summary>
/// <param name="Reason">What happens now, or why nothing does; for people.</param>
public readonly record struct CommandAnswer(bool IsAccepted, string Reason)
{
    public static CommandAnswer Yes(string reason) => new(true, reason);

    public static CommandAnswer No(string reason) => new(false, reason);
}
