using Acquisition.App;
using Acquisition.App.Commands;
using Acquisition.App.Configuration;
using Acquisition.App.Terminal;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.App;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("'--config' is required", "run")]
    [InlineData("cannot be read", "run", "--config", "/nowhere/rig.yaml")]
    [InlineData("cannot be read", "check", "/nowhere/rig.yaml")]
    [InlineData("bogus", "bogus")]
    [InlineData("There is no option '--speed'", "demo", "--speed", "9")]
    [InlineData("did you mean --config?", "run", "--confg=x")]
    [InlineData("--factor is '3,1,1'", "demo", "--factor", "3,1,1")]
    [InlineData("--factor is '2,2'", "demo", "--factor", "2,2")]
    [InlineData("--steps is 'x'; expected a whole number", "demo", "--steps", "x")]
    [InlineData("--timepoints must be at least 1", "demo", "--timepoints", "0")]
    [InlineData("'--truth' is required", "score", "runs/one")]
    [InlineData("--rounds is 'x'; expected a whole number from 1 to 1000", "bench", "--rounds", "x")]
    [InlineData("--threads is '0'; expected a whole number from 1 to 256", "bench", "--threads", "0")]
    [InlineData("--steps is '-3'; expected a whole number from 1 to 100000", "bench", "--paper", "--steps=-3")]
    [InlineData("--steps belongs to the paper's job; give --paper as well", "bench", "--steps", "5")]
    [InlineData("--rounds does not go with --paper", "bench", "--paper", "--rounds", "3")]
    [InlineData("--json is '/nowhere/figures.json', but there is no folder '/nowhere'", "bench", "--json", "/nowhere/figures.json")]
    [InlineData("--json is '/', which is no name of a file", "bench", "--json", "/")]
    [InlineData("did you mean --paper?", "bench", "--papre")]
    [InlineData("'--source' is required", "record", "--output", "scan.wire")]
    [InlineData("--source is 'localhost'; expected tcp://host:port", "record", "--source", "localhost", "--output", "scan.wire")]
    [InlineData("--secret-key-file is given without --server-key-file", "record", "--source", "tcp://127.0.0.1:5555", "--output", "scan.wire", "--secret-key-file", "none.secret")]
    [InlineData("--source is 'tcp://*:5555', which the network reaches", "record", "--source", "tcp://*:5555", "--bind", "--output", "scan.wire")]
    [InlineData("push-pull", "record", "--source", "tcp://127.0.0.1:5555", "--output", "scan.wire", "--pattern", "both")]
    [InlineData("--idle-timeout is '0'; expected a number of seconds", "record", "--source", "tcp://127.0.0.1:5555", "--output", "scan.wire", "--idle-timeout", "0")]
    [InlineData("--t is '9-0'; expected a time point or a range", "export", "runs/one", "--t", "9-0")]
    [InlineData("--c is '1,b'; expected numbers of channels", "export", "runs/one", "--c", "1,b")]
    [InlineData("ome-tiff", "export", "runs/one", "--format", "tiff")]
    [InlineData("uncertainty", "export", "runs/one", "--what", "all")]
    [InlineData("did you mean --output?", "export", "runs/one", "--outptu=x")]
    [InlineData("Required argument missing", "finish")]
    [InlineData("Required argument missing", "info")]
    [InlineData("is no finished run", "score", "/nowhere", "--truth", "/nowhere")]
    public async Task A_wrong_command_line_is_exit_code_2_with_a_message_and_no_output(string message, params string[] args)
    {
        (int exitCode, string output, string error) = await Invoke(args);

        Assert.Equal(ExitCode.Usage, exitCode);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Fact]
    public async Task Without_arguments_the_help_is_shown_and_the_exit_code_is_2()
    {
        (int exitCode, string output, _) = await Invoke();
        Assert.Equal(ExitCode.Usage, exitCode);
        Assert.Contains("First steps:", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("acquisition demo", "--help")]
    [InlineData("  frame_timeout_s: a number of seconds", "run", "--help")]
    [InlineData("  frame_timeout_s: a number of seconds", "check", "--help")]
    [InlineData("--simulator", "demo", "-h")]
    [InlineData("acquisition bench", "--help")]
    [InlineData("--json <FILE>", "bench", "--help")]
    [InlineData("0.1.0", "--version")]
    public async Task Help_and_version_are_exit_code_0(string text, params string[] args)
    {
        (int exitCode, string output, string error) = await Invoke(args);
        Assert.Equal(ExitCode.Ok, exitCode);
        Assert.Contains(text, output, StringComparison.Ordinal);
        Assert.Empty(error);
    }

    [Fact]
    public async Task Check_says_in_words_what_a_configuration_means_and_starts_nothing()
    {
        using var folder = new AppTempFolder();
        File.WriteAllText(folder["rig.yaml"], $"source:\n  address: tcp://127.0.0.1:5555\n  pattern: pub-sub\nstorage:\n  root: {folder["runs"]}\npublish:\n  address: tcp://0.0.0.0:5556\n  insecure: true\n");

        (int exitCode, string output, string error) = await Invoke("check", folder["rig.yaml"]);

        Assert.Equal(ExitCode.Ok, exitCode);
        Assert.Empty(error);
        Assert.Contains("frames that come too fast are lost and counted", output, StringComparison.Ordinal);
        Assert.Contains("CAUTION: tcp://0.0.0.0:5556 is open to the network", output, StringComparison.Ordinal);
        Assert.Contains("* source.pattern: pub-sub", output, StringComparison.Ordinal);
        Assert.Contains("  restoration.steps: 500", output, StringComparison.Ordinal);
        Assert.All(Settings.All.Where(s => s.Section is not ("metrics" or "scoring" or "training")), setting => Assert.Contains($" {setting.Path}: ", output, StringComparison.Ordinal));
        Assert.False(Directory.Exists(folder["runs"]));
    }

    [Fact]
    public async Task An_open_address_needs_keys_or_the_wish_to_do_without()
    {
        using var folder = new AppTempFolder();
        string Config(string source, string publish) =>
            $"source:\n  address: {source}\nstorage:\n  root: {folder["runs"]}\npublish:\n  address: {publish}\n";
        (int exitCode, string output, string error) = await Invoke("keygen", folder["own"]);
        Assert.Equal((ExitCode.Ok, ""), (exitCode, error));
        string secret = File.ReadAllText(folder["own.secret"]).Trim();
        Assert.Contains(folder["own.secret"], output, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failed, (await Invoke("keygen", folder["own"])).ExitCode);
        Assert.Contains("is no name of files with keys", (await Invoke("keygen", folder.Path + "/")).Error, StringComparison.Ordinal);
        Assert.Contains("there is no folder", (await Invoke("keygen", folder["none/own"])).Error, StringComparison.Ordinal);
        Assert.Equal(secret, File.ReadAllText(folder["own.secret"]).Trim());

        File.WriteAllText(folder["rig.yaml"], Config("tcp://10.0.0.1:5555", "tcp://*:5556"));
        (exitCode, _, error) = await Invoke("check", folder["rig.yaml"]);
        Assert.Equal(ExitCode.Usage, exitCode);
        Assert.Contains("publish.address is 'tcp://*:5556', which the network reaches", error, StringComparison.Ordinal);
        Assert.Contains("publish.insecure", error, StringComparison.Ordinal);
        Assert.Contains("keygen", error, StringComparison.Ordinal);

        File.WriteAllText(folder["rig.yaml"], Config("tcp://10.0.0.1:5555", "tcp://*:5556") + $"  secret_key_file: {folder["own.secret"]}\n  allowed_keys_file: {folder["own.public"]}\n");
        (exitCode, output, error) = await Invoke("check", folder["rig.yaml"]);
        Assert.Equal((ExitCode.Ok, ""), (exitCode, error));
        Assert.Contains($"those with a key in {folder["own.public"]} get in", output, StringComparison.Ordinal);
        Assert.DoesNotContain("CAUTION", output, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, output, StringComparison.Ordinal);
        string written = ConfigWriter.Write(ConfigReader.ReadFile(folder["rig.yaml"]).Config!);
        Assert.Contains($"secret_key_file: \"{folder["own.secret"]}\"", written, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, written, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_is_made_of_finished_runs_only()
    {
        using var folder = new AppTempFolder();
        (int exitCode, _, string error) = await Invoke("report", folder.Path);
        Assert.Equal(ExitCode.Usage, exitCode);
        Assert.Contains("is no finished run", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_demo_without_simulator_says_where_it_was_looked_for()
    {
        using var folder = new AppTempFolder();
        (int exitCode, _, string error) = await Invoke("demo", "--simulator", folder["none"], "--output", folder["out"]);
        Assert.Equal(ExitCode.Failed, exitCode);
        Assert.Contains(folder["none"], error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["out"]));
    }

    [Fact]
    public async Task A_simulator_that_dies_ends_the_demo_with_what_it_said()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("The stand-in for the simulator is a shell script.");
            return;
        }

        using var folder = new AppTempFolder();
        File.WriteAllText(folder["sim"], "#!/bin/sh\necho 'error: the lens fell off' >&2\nexit 3\n");
        File.SetUnixFileMode(folder["sim"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        (int exitCode, _, string error) = await Invoke("demo", "--simulator", folder["sim"], "--output", folder["out"]);

        Assert.Equal(ExitCode.Failed, exitCode);
        Assert.Contains("exit code 3", error, StringComparison.Ordinal);
        Assert.Contains("the lens fell off", error, StringComparison.Ordinal);
    }

    internal static async Task<(int ExitCode, string Output, string Error)> Invoke(params string[] args)
    {
        using StringWriter output = new(), error = new();
        int exitCode = await CommandLine.RunAsync(args, new Screen(output, error, isTerminal: false));
        return (exitCode, output.ToString(), error.ToString());
    }
}
