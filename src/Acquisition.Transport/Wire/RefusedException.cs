using Acquisition.Core;

namespace Acquisition.Transport.Wire;

/// <summary>A message is not what the protocol asks for. Never leaves this assembly: it becomes a counted refusal.</summary>
internal sealed class RefusedException(RefusalReason reason, string detail) : Exception(detail)
{
    public RefusalReason Reason { get; } = reason;
}
