using Acquisition.App.Configuration;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.App;

public sealed class ConfigReferenceTests
{
    [Fact]
    public void The_README_holds_the_reference_of_all_settings()
    {
        string readme = File.ReadAllText(AppRepository.File("README.md"));
        int start = readme.IndexOf("<!-- settings:", StringComparison.Ordinal);
        start = readme.IndexOf('\n', start) + 1;
        int end = readme.IndexOf("<!-- end of settings -->", StringComparison.Ordinal);
        Assert.Equal(ConfigReference.Markdown(), readme[start..end]);
    }

    [Fact]
    public void Every_section_of_the_table_is_explained() =>
        Assert.Equal(Settings.All.Select(setting => setting.Section).Distinct(), Settings.Sections.Select(section => section.Name));
}
