using System.Diagnostics;
using System.Text.Json;
using Acquisition.SystemTests.Support;
using Xunit;

namespace Acquisition.SystemTests;

/// <summary>What goes wrong in a lab: it is said clearly, and raw data are kept as far as they came.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly Workspace _space = new();

    public void Dispose() => _space.Dispose();

    /// <summary>Scans what a line of numpy makes, at factors 1,2,2, and returns the report.</summary>
    private async Task<JsonElement> ScanAsync(string numpy)
    {
        string stack = _space.PathOf("stack.tif"), address = Workspace.FreeAddress();
        await using RunningProcess python = RunningProcess.Start("/usr/bin/python3", "-c", $"""
            import numpy as np, tifffile
            rng = np.random.default_rng(1)
            tifffile.imwrite("{stack}", {numpy}, photometric="minisblack")
            """);
        await python.SucceedsAsync();
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config", _space.WriteConfig(address));
        await using RunningProcess simulator = RunningProcess.StartProgram(
            "hardware-sim", "play", stack, "--announce", "1,2,2", "--address", address);
        await simulator.SucceedsAsync();
        await program.SucceedsAsync();
        Assert.Contains("equal", await Workspace.PythonAsync("compare_raw.py", Path.Combine(_space.RunFolder, "raw.zarr"), stack), StringComparison.Ordinal);
        return _space.Report;
    }

    private JsonElement Provenance()
    {
        string line = Assert.Single(File.ReadAllLines(Path.Combine(_space.RunFolder, "restored.zarr", "provenance.jsonl")));
        using var document = JsonDocument.Parse(line);
        return document.RootElement.Clone();
    }

    [Theory]
    [InlineData("np.full((6, 20, 24), 517, np.uint16)", "constant")]
    [InlineData("np.where(np.indices((6, 20, 24))[2] < 20, 65535, 300).astype(np.uint16)", "saturated")]
    [InlineData("rng.integers(0, 60000, (5, 7, 9)).astype(np.uint16)", "too small")]
    public async Task A_volume_no_network_can_learn_from_is_stored_and_restored_without_one(string numpy, string why)
    {
        await ScanAsync(numpy);
        Assert.Equal("cubic+back-projection", Provenance().GetProperty("method").GetString());
        Assert.Contains(why, Provenance().GetProperty("note").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Samples_that_are_no_numbers_are_stored_as_they_came_and_counted()
    {
        JsonElement report = await ScanAsync(
            "np.where(rng.random((6, 20, 24)) < 0.01, np.nan, rng.random((6, 20, 24))).astype(np.float32)");
        Assert.InRange(Provenance().GetProperty("non_finite_samples").GetInt64(), 10, 60);
        Assert.True(report.GetProperty("ledger_closes").GetBoolean());
    }

    [Fact]
    public async Task Every_fault_of_a_configuration_is_reported_at_once()
    {
        string config = _space.PathOf("bad.yaml");
        await File.WriteAllTextAsync(config, """
            source:
              adress: tcp://127.0.0.1:5555
              high_water_mark: many
            storage:
              root: runs
            restoration:
              learning_rate: 7
            pipeline:
              frame_timeout_s: 5 ms
            """, TestContext.Current.CancellationToken);
        await using RunningProcess check = RunningProcess.StartProgram("acquisition", "check", config);
        Assert.Equal(2, await check.ExitAsync());
        Assert.All(
            ["adress", "address", "many", "learning_rate", "5 ms"],
            part => Assert.Contains(part, check.Output, StringComparison.Ordinal));

        await using RunningProcess missing = RunningProcess.StartProgram("acquisition", "run", "--config", _space.PathOf("nowhere.yaml"));
        Assert.Equal(2, await missing.ExitAsync());
        Assert.Contains("nowhere.yaml", missing.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kernels_the_environment_misspells_are_refused_with_those_there_are()
    {
        string program = Path.Combine(AppContext.BaseDirectory, "acquisition.dll");
        await using RunningProcess bench = RunningProcess.Start("env", "ACQUISITION_SIMD=sse", "dotnet", program, "bench");
        Assert.Equal(2, await bench.ExitAsync());
        Assert.Contains("ACQUISITION_SIMD is 'sse'; avx512, avx2, scalar is accepted", bench.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", bench.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_OpenCV_a_step_that_needs_it_is_refused_with_what_to_install_and_the_rest_runs()
    {
        string folder = Directory.CreateDirectory(_space.PathOf("program")).FullName;
        foreach (string file in Directory.GetFiles(AppContext.BaseDirectory).Where(file => Path.GetExtension(file) is ".dll" or ".json"))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        string program = Path.Combine(folder, "acquisition.dll"), address = Workspace.FreeAddress();

        string needs = _space.WriteConfig(address, more: "conditioning:\n  offset: 100\n  line_phase: true");
        foreach (string[] arguments in (string[][])[["check", needs], ["run", "--config", needs]])
        {
            await using RunningProcess refused = RunningProcess.Start("dotnet", [program, .. arguments]);
            Assert.Equal(2, await refused.ExitAsync());
            Assert.Contains("conditioning.line_phase", refused.Output, StringComparison.Ordinal);
            Assert.Contains("apt-get install g++ libopencv-core-dev libopencv-imgproc-dev", refused.Output, StringComparison.Ordinal);
        }

        await using RunningProcess check = RunningProcess.Start(
            "dotnet", program, "check", _space.WriteConfig(address, more: "conditioning:\n  offset: 100"));
        Assert.Equal(0, await check.ExitAsync());
    }

    [Fact]
    public async Task A_port_in_use_is_named_with_what_to_do()
    {
        using var holder = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        holder.Start();
        string address = $"tcp://{holder.LocalEndpoint}", config = _space.WriteConfig(address);
        await File.WriteAllTextAsync(config, (await File.ReadAllTextAsync(config, TestContext.Current.CancellationToken))
            .Replace($"address: {address}", $"address: {address}\n  bind: true", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config", config);
        Assert.Equal(1, await program.ExitAsync());
        Assert.Contains(address, program.Output, StringComparison.Ordinal);
        Assert.Contains("another program has the port", program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_ends_the_scan_loudly_and_what_was_written_can_be_read()
    {
        Directory.CreateDirectory(_space.RunsFolder);
        using (Process mount = Process.Start("mount", ["-t", "tmpfs", "-o", "size=600k", "tmpfs", _space.RunsFolder]))
        {
            await mount.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.SkipWhen(mount.ExitCode != 0, "A small file system cannot be mounted here.");
        }

        try
        {
            string address = Workspace.FreeAddress();
            await using RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config", _space.WriteConfig(address));
            await using RunningProcess simulator = RunningProcess.StartProgram(
                "hardware-sim", "scan", "nuclei", "--shape", "8,96,96", "--factor", "1,2,2", "--timepoints", "200", "--fps", "400",
                "--address", address);
            Assert.Equal(1, await program.ExitAsync());
            Assert.Contains("quota is full", program.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", program.Output, StringComparison.Ordinal);
            simulator.Kill();

            // Raw volumes that are on disk are whole: the independent reader checks every checksum.
            string raw = await Workspace.PythonAsync("read_zarr3.py", Path.Combine(_space.RunFolder, "raw.zarr"), _space.PathOf("pixels"));
            using var summary = JsonDocument.Parse(raw);
            Assert.NotEmpty(summary.RootElement.GetProperty("stored_chunks").EnumerateObject());
        }
        finally
        {
            using Process unmount = Process.Start("umount", ["-l", _space.RunsFolder]);
            await unmount.WaitForExitAsync(CancellationToken.None);
        }
    }
}
