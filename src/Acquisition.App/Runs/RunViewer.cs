using System.Diagnostics;
using Acquisition.App.Configuration;
using Acquisition.App.Terminal;
using Acquisition.Viewer;

namespace Acquisition.App.Runs;

/// <summary>Serves the viewer for as long as a command runs, and tells a person where. Whatever goes wrong with it costs the viewer and
/// never a run.</summary>
internal static class RunViewer
{
    /// <summary>Ports that are tried after one that is taken.</summary>
    private const int PortsTried = 20;

    /// <returns><see langword="null"/> where none is wanted or none can be had.</returns>
    public static async Task<ViewerServer?> StartAsync(ViewerSettings settings, Screen screen)
    {
        if (!settings.Enabled) return null;
        try
        {
            ViewerServer server = await StartOnFreePortAsync(settings.Resolve(), screen).ConfigureAwait(false);
            screen.Output.WriteLine($"viewer: {server.OperatorUrl}");
            if (server.ViewerUrl is { } guests) screen.Output.WriteLine($"viewer, to look only: {guests}");
            if (settings.OpenBrowser && screen.IsTerminal) OpenBrowser(server.OperatorUrl);
            return server;
        }
        catch (ViewerException fault)
        {
            screen.Complain($"there is no viewer: {fault.Message}");
            return null;
        }
    }

    private static async Task<ViewerServer> StartOnFreePortAsync(ViewerOptions options, Screen screen)
    {
        for (int tried = 0; ; tried++)
        {
            try
            {
                return await ViewerServer.StartAsync(options).ConfigureAwait(false);
            }
            catch (ViewerException fault) when (fault.IsPortTaken && tried < PortsTried && NextPort(options.Address) is { } next)
            {
                if (tried == 0) screen.Complain($"the viewer takes another port: {fault.Message}");
                options = options with { Address = next };
            }
        }
    }

    private static string? NextPort(string address) =>
        int.TryParse(address.AsSpan(address.LastIndexOf(':') + 1), out int port) && port is > 0 and < ushort.MaxValue
            ? $"{address[..address.LastIndexOf(':')]}:{port + 1}"
            : null;

    /// <summary>Opens the page where there is a desktop to open it on.</summary>
    private static void OpenBrowser(string url)
    {
        bool hasDesktop = !OperatingSystem.IsLinux()
            || ((string[])["DISPLAY", "WAYLAND_DISPLAY"]).Any(name => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)));
        if (!hasDesktop) return;
        try
        {
            using Process? _ = OperatingSystem.IsLinux()
                ? Process.Start(new ProcessStartInfo("xdg-open", [url]) { RedirectStandardOutput = true, RedirectStandardError = true })
                : Process.Start(new ProcessStartInfo(url) { UseShellExecute = true });
        }
        catch (Exception fault) when (fault is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            // The address is printed; a person can open it.
        }
    }
}
