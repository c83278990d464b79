using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Acquisition.Core;

namespace Acquisition.Viewer.Telling;

/// <summary>The messages in words that clients and programs get; UTF-8 JSON as in report.json.</summary>
internal static class Told
{
    public static byte[] Scan(ScanPlan plan, string folder, bool isLive, bool isOperator, IReadOnlyCollection<string> dataSites) => Json(new
    {
        Type = "scan",
        Folder = folder,
        Live = isLive,
        Operator = isOperator,
        DataSites = dataSites,
        Plan = new
        {
            plan.ScanId,
            plan.Stream,
            plan.PixelType,
            plan.Shape,
            plan.RestoredShape,
            plan.RestoredOriginUm,
            VoxelUm = Um(plan.VoxelSize),
            RestoredVoxelUm = Um(plan.RestoredVoxelSize),
            plan.Channels,
            plan.TimePoints,
            plan.Interval,
            plan.Mode,
        },
    });

    public static byte[] Volumes(IRunArchive archive, int channels) => Json(new
    {
        Type = "volumes",
        Channels = Enumerable.Range(0, channels).Select(c => new
        {
            Raw = Ranges(archive, VolumeKind.Raw, c),
            Restored = Ranges(archive, VolumeKind.Restored, c),
            Uncertainty = Ranges(archive, VolumeKind.Uncertainty, c),
        }),
    });

    public static JsonObject Status(RunStatus status, IReadOnlyList<TuningPoint> curve, string advice, string? alert)
    {
        // What the source says of itself may be long, and nobody draws it.
        RunStatus shown = status.Plan is { } plan ? status with { Plan = plan with { UserJson = "{}" } } : status;
        var message = new JsonObject { ["type"] = "status" };
        foreach (var (name, value) in JsonSerializer.SerializeToNode(shown, RecordJson.Compact)!.AsObject()) message.Add(name, value?.DeepClone());
        message["tuning_curve"] = JsonSerializer.SerializeToNode(curve, RecordJson.Compact);
        message["advice"] = advice;
        message["alert"] = alert;
        return message;
    }

    public static byte[] Answer(string action, CommandAnswer answer) =>
        Json(new { Type = "answer", Action = action, Accepted = answer.IsAccepted, answer.Reason });

    public static byte[] Json<T>(T message) => JsonSerializer.SerializeToUtf8Bytes(message, RecordJson.Compact);

    private static object Um(VoxelSize size) => new { Z = size.ZUm, Y = size.YUm, X = size.XUm };

    private static ImmutableArray<int[]> Ranges(IRunArchive archive, VolumeKind kind, int channel) =>
        [.. archive.Stored(kind, channel).Select(range => new[] { range.First, range.Last })];
}
