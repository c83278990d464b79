using Acquisition.SystemTests.Support;
using Xunit;

namespace Acquisition.SystemTests;

/// <summary>Every command that the README shows, as it stands there, but for names, free ports and what makes it shorter.</summary>
public sealed class ReadmeTests : IDisposable
{
    /// <summary>Shown, and tried by other tests of this project or by people.</summary>
    private static readonly string[] Elsewhere =
    [
        "hardware-sim/demo.sh", "tests/run.sh", // this is part of it
        "sh FOLDER/submit.sh", // SlurmTests
        "acquisition train c2gan --config train.yaml --output c2gan", // TrainTests
        "acquisition bench", // below, with --json
        "acquisition bench --paper", // some minutes, as it says
        "dotnet build -c Release Acquisition.sln", "dotnet test -c Release Acquisition.sln",
        @"artifacts\bin\Acquisition.App\release\acquisition.exe demo --simulator artifacts\bin\Acquisition.HardwareSim\release\hardware-sim.exe",
    ];

    private static readonly string[] Starts = ["acquisition ", "hardware-sim", "tests/", "sh ", "cat ", "dotnet ", @"artifacts\"];

    private readonly Workspace _space = new();

    public void Dispose() => _space.Dispose();

    [Fact]
    public async Task Every_command_that_is_shown_does_what_it_should()
    {
        HashSet<string> left = [.. Shown().Except(Elsewhere)];

        // A scan with the configuration that is shown, and originals of it.
        string address = Workspace.FreeAddress(), truth = _space.PathOf("truth"), folder = _space.PathOf("shares"), wire = _space.PathOf("scan.wire");
        await AcquisitionAsync("acquisition check configs/lightsheet.yaml");
        await using (RunningProcess program = Start(
            "acquisition run --config configs/lightsheet.yaml", "--source", address, "--output", _space.RunsFolder, "--publish", Workspace.FreeAddress(), "--viewer", "off"))
        {
            await using RunningProcess simulator = RunningProcess.StartProgram(
                "hardware-sim", "scan", "neurites", "--shape", "16,64,64", "--factor", "2,2,2", "--timepoints", "9", "--stream", "lightsheet", "--truth", truth, "--address", address);
            await simulator.SucceedsAsync();
            await program.SucceedsAsync();
        }

        string run = _space.RunFolder;
        await AcquisitionAsync("acquisition resume RUN");
        await AcquisitionAsync("acquisition score RUN --truth FOLDER", ("FOLDER", truth));
        await AcquisitionAsync("acquisition report RUN");
        await AcquisitionAsync("acquisition info PATH", ("PATH", run));
        await AcquisitionAsync("acquisition finish RUN");
        await AcquisitionAsync("acquisition export RUN --format imagej", more: ["--output", _space.PathOf("exported")]);
        await using (RunningProcess page = Start("acquisition view RUN", "--viewer", "http://127.0.0.1:0"))
        {
            await page.LineAsync(line => line.StartsWith("viewer: http://127.0.0.1:", StringComparison.Ordinal));
            page.Interrupt();
            await page.SucceedsAsync();
        }

        // In shares: nine volumes, of which three are restored with the plan, in 200 tasks.
        await AcquisitionAsync("acquisition plan RUN --tasks 200 --output FOLDER", ("FOLDER", folder));
        await AcquisitionAsync("acquisition restore-range --plan FOLDER/plan.json --task 7", ("FOLDER", folder));
        for (int task = 0; task < 200; task++)
        {
            // Most have nothing to do; those that have are found by the plan's own rule.
            if ((task + 1) * 6 / 200 > task * 6 / 200) await SucceedAsync(RunningProcess.StartProgram("acquisition", "restore-range", "--plan", Path.Combine(folder, "plan.json"), "--task", $"{task}"));
        }

        await AcquisitionAsync("acquisition finish FOLDER", ("FOLDER", folder));
        StoredVolumes.AssertEqual(run, folder);

        // What a microscope sends, recorded and played again.
        address = Workspace.FreeAddress();
        await using (RunningProcess recorder = Start("acquisition record --source tcp://127.0.0.1:5555 --output scan.wire", [("tcp://127.0.0.1:5555", address), ("scan.wire", wire)]))
        {
            await SucceedAsync(Start("hardware-sim scan beads --drop 0.01 --delay 0.1 --delay-ms 50", "--shape", "8,32,32", "--address", address));
            await recorder.SucceedsAsync();
        }

        await PlayAsync("hardware-sim replay scan.wire --speed max", ("scan.wire", wire));
        await PlayAsync("hardware-sim replay RUN --speed 2 --new-scan-id", ("RUN", run));

        await AcquisitionAsync("acquisition bench --json FILE", ("FILE", _space.PathOf("figures.json")), "--rounds", "1");

        await AcquisitionAsync("acquisition keygen keys/restorer", ("keys/restorer", _space.PathOf("restorer")));
        await AcquisitionAsync("acquisition keygen keys/listener", ("keys/listener", _space.PathOf("listener")));
        left.Remove("cat keys/listener.public >> keys/allowed.keys"); // of the shell; what it makes is tried by tests of keys
        Assert.Empty(left);

        Task AcquisitionAsync(string shown, (string, string)? name = null, params string[] more) => SucceedAsync(Named(shown, name is { } given ? [given] : [], more));

        RunningProcess Named(string shown, (string Name, string Value)[] names, string[] more)
        {
            Assert.True(left.Remove(shown) || Shown().Contains(shown), $"The README does not show '{shown}'.");
            string[] words = shown.Split(' ');
            foreach (var (name, value) in names.Append(("RUN", _space.RunFolderOrNone)))
                words = [.. words.Select(word => word == name ? value : word.StartsWith(name + "/", StringComparison.Ordinal) ? value + word[name.Length..] : word)];
            words = [.. words.Select(word => word.StartsWith("configs/", StringComparison.Ordinal) ? _space.QuickConfig(word["configs/".Length..]) : word)];
            return RunningProcess.StartProgram(words[0], [.. words[1..], .. more]);
        }

        RunningProcess Start(string shown, params object[] names)
        {
            (string, string)[] given = [.. names.OfType<(string, string)>(), .. names.OfType<(string, string)[]>().SelectMany(pairs => pairs)];
            return Named(shown, given, [.. names.OfType<string>()]);
        }

        async Task PlayAsync(string shown, (string, string) name)
        {
            string at = Workspace.FreeAddress(), runs = _space.PathOf($"played-{shown.Length}");
            await using RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config", _space.WriteConfig(at, restoration: "model: cubic"), "--output", runs);
            await SucceedAsync(Named(shown, [name], ["--address", at]));
            await program.SucceedsAsync();
        }
    }

    private static async Task SucceedAsync(RunningProcess process)
    {
        await using (process) await process.SucceedsAsync();
    }

    /// <summary>Lines between ``` that are commands, without what explains them.</summary>
    private static string[] Shown()
    {
        var shown = new List<string>();
        bool isCode = false;
        foreach (string line in File.ReadLines(Path.Combine(Workspace.Repository, "README.md")))
        {
            if (line.StartsWith("```", StringComparison.Ordinal)) isCode = !isCode;
            else if (isCode && Starts.Any(start => line.StartsWith(start, StringComparison.Ordinal))) shown.Add(line.Split(" #")[0].Trim());
        }

        return [.. shown.Distinct()];
    }
}
