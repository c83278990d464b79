namespace Acquisition.HardwareSim.Replay;

/// <summary>File names as people count them: t2 comes before t10. Everything but numbers compares by character code.</summary>
internal sealed class NaturalOrder : IComparer<string>
{
    public static NaturalOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        ReadOnlySpan<char> a = x;
        ReadOnlySpan<char> b = y;
        while (!a.IsEmpty && !b.IsEmpty)
        {
            int order;
            if (char.IsAsciiDigit(a[0]) && char.IsAsciiDigit(b[0]))
            {
                ReadOnlySpan<char> m = TakeNumber(ref a);
                ReadOnlySpan<char> n = TakeNumber(ref b);
                order = m.Length != n.Length ? m.Length - n.Length : m.SequenceCompareTo(n);
            }
            else
            {
                order = a[0] - b[0];
                a = a[1..];
                b = b[1..];
            }

            if (order != 0) return order;
        }

        // Equal as numbers go (t1 and t01), or one continues the other.
        return a.Length != b.Length ? a.Length - b.Length : string.CompareOrdinal(x, y);
    }

    private static ReadOnlySpan<char> TakeNumber(ref ReadOnlySpan<char> text)
    {
        int length = text.IndexOfAnyExceptInRange('0', '9');
        if (length < 0) length = text.Length;
        ReadOnlySpan<char> digits = text[..length].TrimStart('0');
        text = text[length..];
        return digits;
    }
}
