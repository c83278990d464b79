using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Acquisition.App.Terminal;

/// <summary>Makes text from outside safe to show: what comes over the wire must neither move the cursor nor be taken for markup.</summary>
internal static class TerminalText
{
    /// <summary>Replaces control characters and invisible formatting, such as a change of writing direction, by spaces.</summary>
    public static string Plain(string text)
    {
        if (!text.Any(IsUnsafe)) return text;
        var clean = new StringBuilder(text.Length);
        foreach (char c in text) clean.Append(IsUnsafe(c) ? ' ' : c);
        return clean.ToString();
    }

    /// <summary>The same, for Spectre's markup.</summary>
    public static string Escaped(string text) => Markup.Escape(Plain(text));

    private static bool IsUnsafe(char c) => CharUnicodeInfo.GetUnicodeCategory(c)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
