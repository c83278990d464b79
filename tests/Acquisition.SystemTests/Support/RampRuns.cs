namespace Acquisition.SystemTests.Support;

/// <summary>Runs of the program on scans of known values: samples are 1000 + 8000 t + 4000 c + 500 z + 120 y + 100 x (make_ramp.py), voxels of
/// 1 µm, not undersampled, so that restored is what was sent.</summary>
internal sealed class RampRuns(Workspace space)
{
    public const int Planes = 6, Rows = 16, Columns = 24;

    public static int Value(int t, int z, int y, int x) => 1000 + 8000 * t + 500 * z + 120 * y + 100 * x;

    /// <summary>Takes a whole scan.</summary>
    /// <returns>The run's folder.</returns>
    public async Task<string> StoreAsync(int timePoints, params string[] channels)
    {
        string camera = Workspace.FreeAddress();
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config", Configure(camera), "--viewer", "off");
        await using RunningProcess simulator = await PlayAsync(camera, timePoints, channels, []);
        await program.SucceedsAsync();
        return space.RunFolder;
    }

    /// <summary>A run that waits for a scan, with its page at a free port.</summary>
    public RunningProcess Run(string camera, int frameTimeoutSec = 600, string more = "") =>
        RunningProcess.StartProgram("acquisition", "run", "--config", Configure(camera, frameTimeoutSec, more), "--viewer", "http://127.0.0.1:0");

    /// <summary>A stored run with its page at a free port.</summary>
    public static RunningProcess View(string run, string address = "http://127.0.0.1:0") =>
        RunningProcess.StartProgram("acquisition", "view", run, "--viewer", address);

    /// <summary>Sends a scan of one channel.</summary>
    public Task<RunningProcess> PlayAsync(string camera, int timePoints, params string[] options) => PlayAsync(camera, timePoints, [], options);

    public async Task<RunningProcess> PlayAsync(string camera, int timePoints, string[] channels, string[] options)
    {
        string stack = space.PathOf("ramp.ome.tif");
        await Workspace.PythonAsync("make_ramp.py", [stack, $"{timePoints},{Math.Max(1, channels.Length)},{Planes},{Rows},{Columns}", .. channels]);
        return RunningProcess.StartProgram("hardware-sim", ["play", stack, "--address", camera, .. options]);
    }

    /// <summary>The page's address, as the program printed it.</summary>
    public static async Task<string> AddressAsync(RunningProcess program, string mark = "viewer: ") =>
        (await program.LineAsync(line => line.StartsWith(mark, StringComparison.Ordinal)))[mark.Length..].Trim();

    private string Configure(string camera, int frameTimeoutSec = 60, string more = "") =>
        space.WriteConfig(camera, restoration: "model: cubic", frameTimeoutSec: frameTimeoutSec, viewer: more == "" ? "enabled: false" : more);
}
