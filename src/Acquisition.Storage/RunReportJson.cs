using System.Text.Json;
using Acquisition.Core;
using Acquisition.Storage.Files;

namespace Acquisition.Storage;

/// <summary>The run report as report.json: keys in snake_case, enumerations as snake_case text, durations in seconds with the
/// suffix _s, numbers that are not finite as text ("Infinity", "NaN").</summary>
public static class RunReportJson
{
    /// <summary>The report as indented JSON.</summary>
    public static string Write(RunReport report) => JsonSerializer.Serialize(report, RecordJson.Indented);

    /// <param name="path">The file report.json of a run.</param>
    /// <exception cref="StorageException">The file cannot be read.</exception>
    /// <exception cref="DataFormatException">It is not a run report.</exception>
    public static RunReport Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<RunReport>(File.ReadAllBytes(path), RecordJson.Indented)
                ?? throw new DataFormatException($"'{path}' is not a run report: it holds null.");
        }
        catch (JsonException fault)
        {
            throw new DataFormatException($"'{path}' is not a run report: {fault.Message}", fault);
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, "read a run report", path);
        }
    }
}
