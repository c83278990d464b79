using System.Text.RegularExpressions;
using System.Xml.Linq;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Architecture;

public sealed partial class DependencyRuleTests
{
    [Fact]
    public void No_project_knows_another_that_it_must_not_know() => Assert.Empty(DependencyRule.Faults(Projects()));

    [Fact]
    public void Every_package_is_pinned_to_one_version_in_one_place()
    {
        Assert.Empty(DependencyRule.PinningFaults(Projects(), Versions()));
        Assert.Equal("true", XDocument.Load(AppRepository.File("Directory.Build.props")).Descendants("ManagePackageVersionsCentrally").Single().Value);
    }

    [Fact]
    public void The_solution_lists_every_project_and_no_other()
    {
        var listed = ProjectInSolution().Matches(File.ReadAllText(AppRepository.File("Acquisition.sln")))
            .Select(match => match.Groups["path"].Value.Replace('\\', '/'));
        Assert.Equal(Projects().Select(project => project.Path).Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("src/Acquisition.Core/Acquisition.Core.csproj", """<PackageReference Include="System.Reactive" />""", "references System.Reactive; allowed are none")]
    [InlineData("src/Acquisition.Storage/Acquisition.Storage.csproj", """<ProjectReference Include="..\Acquisition.Restoration\Acquisition.Restoration.csproj" />""", "references Restoration; allowed are Core")]
    [InlineData("src/Acquisition.App/Acquisition.App.csproj", """<ProjectReference Include="../../hardware-sim/Acquisition.HardwareSim/Acquisition.HardwareSim.csproj" />""", "references HardwareSim")]
    [InlineData("src/Acquisition.Extra/Acquisition.Extra.csproj", "", "is not in the table")]
    [InlineData("tests/Acquisition.Tests/Acquisition.Tests.csproj", """<PackageReference Include="xunit.v3" Version="3.*" />""", "a version of its own")]
    [InlineData("src/Acquisition.Pipeline/Acquisition.Pipeline.csproj", """<Reference Include="libs/Some.dll" />""", "references the file libs/Some.dll")]
    [InlineData("src/Acquisition.Core/Acquisition.Core.csproj", """<Compile Include="../Acquisition.App/Program.cs" />""", "compiles ../Acquisition.App/Program.cs")]
    public void An_edge_outside_the_table_is_reported(string path, string item, string fault)
    {
        ProjectFile bad = ProjectFile.Read(path, $"<Project><ItemGroup Condition=\"false\">{item}</ItemGroup></Project>");
        Assert.Contains(fault, Assert.Single(DependencyRule.Faults([bad])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.2.*")]
    [InlineData("*")]
    [InlineData("[1.2.3, 2.0)")]
    [InlineData("")]
    public void A_floating_version_is_reported(string version) =>
        Assert.Single(DependencyRule.PinningFaults([], new Dictionary<string, string> { ["Some.Package"] = version }));

    [Fact]
    public void A_package_without_a_central_version_is_reported()
    {
        ProjectFile project = ProjectFile.Read("src/Acquisition.Core/Acquisition.Core.csproj", """<Project><ItemGroup><PackageReference Include="Some.Package" /></ItemGroup></Project>""");
        Assert.Single(DependencyRule.PinningFaults([project], new Dictionary<string, string>()));
    }

    private static List<ProjectFile> Projects() =>
    [
        .. ((string[])["src", "hardware-sim", "tests"])
            .SelectMany(folder => Directory.GetFiles(AppRepository.File(folder), "*.csproj", SearchOption.AllDirectories))
            .Select(file => ProjectFile.Read(Path.GetRelativePath(AppRepository.Root, file).Replace('\\', '/'), File.ReadAllText(file))),
    ];

    private static Dictionary<string, string> Versions() =>
        XDocument.Load(AppRepository.File("Directory.Packages.props")).Descendants("PackageVersion")
            .ToDictionary(pin => pin.Attribute("Include")!.Value, pin => pin.Attribute("Version")?.Value ?? "");

    [GeneratedRegex("\"(?<path>[^\"]+\\.csproj)\"")]
    private static partial Regex ProjectInSolution();
}
