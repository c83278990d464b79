using Microsoft.Playwright;
using Xunit;

namespace Acquisition.SystemTests.Support;

/// <summary>What people need who see little or use no mouse.</summary>
internal static class Accessibility
{
    /// <summary>Judges the page as it is now by the rules of WCAG 2.2, levels A and AA, and good practice, with axe-core.</summary>
    public static async Task AssertNoViolationAsync(IPage page, string state)
    {
        // What is evaluated for the test is not bound by the page's own policy.
        await page.EvaluateAsync(await File.ReadAllTextAsync(Path.Combine(await Workspace.NodePackagesAsync(), "axe-core", "axe.min.js")));
        string[] found = await page.EvaluateAsync<string[]>(
            """
            async () => {
              const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
              const { violations, passes } = await axe.run({ runOnly: tags });
              if (passes.length < 10) throw new Error(`Only ${passes.length} rules found something to look at.`);
              return violations.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id} (${help}): ${target.join(' ')}`));
            }
            """);
        Assert.True(found.Length == 0, $"{state}:\n{string.Join('\n', found)}");
    }

    /// <summary>Names what lies outside the window or its panel, under something else, or has words that are cut off where nothing tells the rest.</summary>
    public static async Task AssertNothingIsHiddenAsync(IPage page, string state)
    {
        string[] found = await page.EvaluateAsync<string[]>(
            """
            () => {
              const wrong = [], name = e => e.id || e.getAttribute('aria-label') || e.textContent.trim().slice(0, 30);
              const { scrollWidth, scrollHeight } = document.documentElement;
              if (scrollWidth > innerWidth || scrollHeight > innerHeight) wrong.push(`the page is ${scrollWidth}×${scrollHeight}`);
              for (const e of document.querySelectorAll('button, input, select, a[href], .pane')) {
                if (!e.checkVisibility() || document.querySelector('dialog[open]') && !e.closest('dialog')) continue;
                e.scrollIntoView({ block: 'nearest' });
                const { left, top, right, bottom } = e.getBoundingClientRect();
                if (left < 0 || top < 0 || right > innerWidth + 0.5 || bottom > innerHeight + 0.5) wrong.push(`${name(e)} lies at ${left},${top} to ${right},${bottom}`);
                // In 'swipe', one side lies over the other on purpose.
                const above = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
                if (above !== e && !e.contains(above) && !(e.matches('.pane') && above?.closest('.pane, .handle'))) wrong.push(`${name(e)} lies under ${above?.outerHTML.slice(0, 60)}`);
              }
              for (const e of document.querySelectorAll('button, label, dt, dd, h2, p, li, output, .tag, .queue span')) {
                if (e.checkVisibility() && !e.title && e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1) wrong.push(`${name(e)} is cut off: ${e.scrollWidth} px in ${e.clientWidth}`);
              }
              document.getElementById('panel').scrollTop = 0;
              return wrong;
            }
            """);
        Assert.True(found.Length == 0, $"{state}:\n{string.Join('\n', found)}");
    }

    /// <summary>Goes through the page with Tab, from its beginning until the browser takes the focus back.</summary>
    /// <returns>What got the focus, in order, and how it was outlined.</returns>
    public static async Task<IReadOnlyList<(string Name, string Outline)>> TabThroughAsync(IPage page)
    {
        var reached = new List<(string, string)>();
        await page.EvaluateAsync("() => document.activeElement.blur()");
        while (reached.Count < 200)
        {
            await page.Keyboard.PressAsync("Tab");
            string[]? at = await page.EvaluateAsync<string[]?>(
                """
                () => {
                  const e = document.activeElement;
                  if (e === document.body) return null;
                  const { outlineStyle, outlineWidth } = getComputedStyle(e);
                  return [e.id || e.getAttribute('aria-label') || e.textContent.trim(), `${outlineStyle} ${outlineWidth}`];
                }
                """);
            if (at is null) return reached;
            reached.Add((at[0], at[1]));
        }

        Assert.Fail($"Tab does not get out of the page: {string.Join(", ", reached.TakeLast(5))}");
        return reached;
    }
}
