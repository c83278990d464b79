using System.Text;
using Acquisition.App.Terminal;

namespace Acquisition.App.Configuration;

/// <summary>The reference of all settings, from the table that reads them.</summary>
internal static class ConfigReference
{
    /// <summary>One Markdown table per section, for the README.</summary>
    public static string Markdown()
    {
        var page = new StringBuilder();
        foreach (var (section, purpose) in Settings.Sections)
        {
            if (page.Length > 0) page.Append('\n');
            page.Append("**").Append(section).Append("** – ").Append(Escape(purpose)).Append("\n\n");
            page.Append("| key | default | accepted | what it does |\n|---|---|---|---|\n");
            foreach (Setting setting in Of(section))
            {
                page.Append("| `").Append(setting.Key).Append("` | ").Append(setting.Default ?? "*required*").Append(" | ")
                    .Append(Escape(setting.Accepted)).Append(" | ").Append(Escape(setting.Doc)).Append(" |\n");
            }
        }

        return page.ToString();
    }

    /// <summary>The same as plain text, for a terminal.</summary>
    public static string PlainText()
    {
        var page = new StringBuilder();
        foreach (var (section, purpose) in Settings.Sections)
        {
            page.Append(section).Append(":  ").Append(purpose).Append('\n');
            foreach (Setting setting in Of(section))
            {
                string start = setting.Default is { } value ? $"default {value}" : "required";
                page.Append("  ").Append(setting.Key).Append(": ").Append(setting.Accepted).Append("; ").Append(start).Append('\n')
                    .Append("      ").Append(setting.Doc).Append('\n');
            }
        }

        return page.ToString();
    }

    /// <summary>Every setting with its value; those that differ from the default are marked.</summary>
    public static string Values(AppConfig config)
    {
        var page = new StringBuilder();
        foreach (Setting setting in Settings.All.Where(setting => setting.Read(config) is not null))
        {
            string value = setting.Read(config)!;
            bool isDefault = value == setting.Default || (setting.DefaultNote is not null && value == setting.Read(AppConfig.Draft));
            page.Append(isDefault ? "  " : "* ").Append(setting.Path).Append(": ").Append(TerminalText.Plain(value)).Append('\n');
        }

        return page.Append("(* differs from the default)\n").ToString();
    }

    private static IEnumerable<Setting> Of(string section) => Settings.All.Where(setting => setting.Section == section);

    /// <summary>Keeps &lt;…&gt; from being taken for HTML and | from ending a cell.</summary>
    private static string Escape(string text) =>
        text.Replace("<", "&lt;", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal);
}
