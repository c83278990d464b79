using System.Diagnostics;
using Xunit;

namespace Acquisition.Tests.Support;

/// <summary>Runs the independent programs of tests/oracles. A program that is missing or fails, fails the test.</summary>
internal static class StorageOracles
{
    private const string Python = "/usr/bin/python3"; // the system's, which has numpy, tifffile and numcodecs
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly Lazy<string> Folder = new(FindFolder);
    private static readonly Lazy<bool> NodePackages = new(InstallNodePackages);

    /// <returns>What the script wrote to standard output.</returns>
    public static string RunPython(string script, params string[] arguments) =>
        Run(Python, [Path.Combine(Folder.Value, script), .. arguments]);

    /// <inheritdoc cref="RunPython"/>
    public static string RunNode(string script, params string[] arguments)
    {
        Assert.True(NodePackages.Value);
        return Run("node", [Path.Combine(Folder.Value, script), .. arguments]);
    }

    private static bool InstallNodePackages()
    {
        // Another test process may have installed them; the versions are pinned, so what is there is right.
        if (!Directory.Exists(Path.Combine(Folder.Value, "node_modules", "zarrita")))
            Run("npm", ["ci", "--no-audit", "--no-fund", "--prefix", Folder.Value]);
        return true;
    }

    private static string Run(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"'{program}' did not start.");
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"'{program}' took longer than {Patience}.");
        }

        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', start.ArgumentList)} ended with {process.ExitCode}:\n{error.Result}");
        return output.Result;
    }

    private static string FindFolder()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string oracles = Path.Combine(folder.FullName, "tests", "oracles");
            if (Directory.Exists(oracles)) return oracles;
        }

        throw new DirectoryNotFoundException($"There is no tests/oracles above '{AppContext.BaseDirectory}'.");
    }
}
