namespace Acquisition.Storage.Tiff;

/// <summary>File names as people count them: t2 comes before t10. Everything but numbers compares by character code.</summary>
internal sealed class NaturalOrder : IComparer<string>
{
    public static NaturalOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        string a = x ?? "", b = y ?? "";
        for (int i = 0, j = 0; i < a.Length && j < b.Length;)
        {
            ReadOnlySpan<char> m = NumberAt(a, i), n = NumberAt(b, j);
            bool numbers = !m.IsEmpty && !n.IsEmpty;
            int order = numbers ? CompareNumbers(m, n) : a[i] - b[j];
            if (order != 0) return order;
            i += numbers ? m.Length : 1;
            j += numbers ? n.Length : 1;
            if (i == a.Length || j == b.Length) order = (a.Length - i) - (b.Length - j);
            if (order != 0) return order;
        }

        // Equal as numbers go (t1 and t01), or one of them is empty.
        return string.CompareOrdinal(a, b);
    }

    private static ReadOnlySpan<char> NumberAt(string text, int start)
    {
        int end = start;
        while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
        return text.AsSpan(start, end - start);
    }

    private static int CompareNumbers(ReadOnlySpan<char> m, ReadOnlySpan<char> n)
    {
        m = m.TrimStart('0');
        n = n.TrimStart('0');
        return m.Length != n.Length ? m.Length - n.Length : m.SequenceCompareTo(n);
    }
}
