using Acquisition.Restoration.Benchmarking;

namespace Acquisition.Benchmarks;

/// <summary>results/&lt;processor&gt;.md: one section for each mode.</summary>
internal static class ResultsFile
{
    private const string SectionMark = "## ";

    /// <summary>Prints a section and puts it where the one of the same title was, or at the end.</summary>
    public static void Put(string title, string text)
    {
        Console.WriteLine(text);
        string path = Path.Combine(Folder(), Slug(Machine.Current.Processor) + ".md");
        List<string> lines = File.Exists(path) ? [.. File.ReadAllLines(path)] : [$"# {Machine.Current.Processor}", ""];
        int start = lines.IndexOf(SectionMark + title), end = start;
        if (start < 0) start = end = lines.Count;
        else end = lines.FindIndex(start + 1, line => line.StartsWith(SectionMark, StringComparison.Ordinal)) is >= 0 and int next ? next : lines.Count;
        lines.RemoveRange(start, end - start);
        if (start > 0 && lines[start - 1].Length > 0) lines.Insert(start++, "");
        lines.InsertRange(start, [SectionMark + title, "", .. text.TrimEnd().ReplaceLineEndings("\n").Split('\n'), ""]);
        File.WriteAllText(path, string.Join('\n', lines).TrimEnd() + "\n");
        Console.WriteLine($"written to {path}");
    }

    /// <summary>One line that says where figures come from.</summary>
    public static string Origin(Machine machine) =>
        $"{machine.Processor}, {machine.Cores} processors, vectors of {string.Join(", ", machine.VectorBits)} bits, {machine.Runtime}, {machine.Engine}";

    private static string Folder()
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "Acquisition.sln"))) root = Path.GetDirectoryName(root);
        return Path.Combine(root ?? throw new InvalidOperationException("No Acquisition.sln above the program."), "tests", "Acquisition.Benchmarks", "results");
    }

    private static string Slug(string name) =>
        string.Join('-', new string([.. name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
