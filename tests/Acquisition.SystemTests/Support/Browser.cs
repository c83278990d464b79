using Microsoft.Playwright;
using Xunit;

namespace Acquisition.SystemTests.Support;

/// <summary>Debian's chromium without a screen, with software rendering; one for all tests of a class.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        // Root may not use the sandbox; what is opened here is this program's own page.
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox"] });
    }

    /// <summary>Opens the viewer in a window of its own.</summary>
    /// <param name="hasTouch">Whether it takes fingers.</param>
    internal async Task<ViewerPage> OpenAsync(string address, int width = 1280, int height = 800, bool hasTouch = false)
    {
        IPage page = await _browser!.NewPageAsync(new() { ViewportSize = new() { Width = width, Height = height }, HasTouch = hasTouch });
        return await ViewerPage.OpenAsync(page, address);
    }

    /// <summary>A window that has nothing in it yet.</summary>
    internal Task<IPage> NewPageAsync() => _browser!.NewPageAsync();

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.CloseAsync();
        _playwright?.Dispose();
    }
}
