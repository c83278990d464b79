using System.Globalization;

namespace Acquisition.App.Configuration;

/// <summary>An amount of memory whose key ends in <c>_mib</c>; the value is the number of MiB alone, the option is in bytes.</summary>
internal sealed class MebiBytes(long minMiB, long maxMiB) : ValueKind<long>
{
    public override string Accepted => string.Create(CultureInfo.InvariantCulture, $"a whole number of MiB from {minMiB} to {maxMiB}");

    public override bool TryRead(string text, out long value)
    {
        bool accepted = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long mib) && mib >= minMiB && mib <= maxMiB;
        value = accepted ? mib << 20 : 0;
        return accepted;
    }

    public override string Write(long value) => (value >> 20).ToString(CultureInfo.InvariantCulture);

    public override string? Hint(string text) => UnitHint.ForMebiBytes(text);
}
