using Xunit;

namespace Acquisition.SystemTests.Support;

/// <summary>Scripts around src/clients/python as processes of Debian's interpreter.</summary>
internal static class PythonClient
{
    private const string Interpreter = "/usr/bin/python3";

    public static string Folder { get; } = Path.Combine(Workspace.Repository, "src", "clients", "python");

    /// <summary>A script of tests/oracles.</summary>
    public static RunningProcess Script(string name, params IEnumerable<string> arguments) =>
        RunningProcess.Start(Interpreter, [Path.Combine(Workspace.Repository, "tests", "oracles", name), .. arguments]);

    /// <summary>An example that lies beside the client.</summary>
    public static RunningProcess Example(string name, params IEnumerable<string> arguments) =>
        RunningProcess.Start(Interpreter, [Path.Combine(Folder, "examples", name), .. arguments]);

    /// <summary>An example, with stand-ins for packages that Debian does not have.</summary>
    public static RunningProcess ExampleOnStubs(string name, params IEnumerable<string> arguments) =>
        RunningProcess.Start(
            "/usr/bin/env",
            [$"PYTHONPATH={Path.Combine(Workspace.Repository, "tests", "oracles", "stubs")}", Interpreter, Path.Combine(Folder, "examples", name), .. arguments]);

    /// <summary>Skips the test where a module of Python is missing, and says which.</summary>
    /// <param name="package">Debian's package that has it.</param>
    public static async Task RequireAsync(string module, string package)
    {
        await using RunningProcess python = RunningProcess.Start(Interpreter, "-c", $"import {module}");
        Assert.SkipUnless(await python.ExitAsync() == 0, $"{Interpreter} has no {module}: install {package}.");
    }
}
