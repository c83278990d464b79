using Acquisition.Core;

namespace Acquisition.Storage;

/// <summary>The run report as report.json: keys in snake_case, durations in seconds with the suffix _s.</summary>
public static class RunReportJson
{
    public static string Write(RunReport report) => throw new NotSupportedException();

    public static RunReport Read(string path) => throw new NotSupportedException();
}
