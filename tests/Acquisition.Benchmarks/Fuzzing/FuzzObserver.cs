using System.Text.Json;
using Acquisition.Core;

namespace Acquisition.Benchmarks.Fuzzing;

/// <summary>Counts what became of messages, and holds what was accepted to the protocol's own words.</summary>
internal sealed class FuzzObserver : IFrameObserver
{
    /// <summary>A refusal's detail goes into the ledger and onto the terminal.</summary>
    private const int LongestDetail = 1000;

    /// <summary>What the judge may say of a message without knowing another one.</summary>
    private static readonly RefusalReason[] Declared =
    [
        RefusalReason.Malformed, RefusalReason.UnsupportedVersion, RefusalReason.UnknownKind, RefusalReason.HeaderTooLarge, RefusalReason.HeaderTooDeep,
        RefusalReason.BadKey, RefusalReason.SizeMismatch, RefusalReason.PayloadTooLarge,
    ];

    private string? _userJson;
    private readonly SortedDictionary<string, long> _outcomes = new(StringComparer.Ordinal);

    /// <summary>Every outcome that there may be, with how often it came.</summary>
    public IReadOnlyDictionary<string, long> Outcomes => _outcomes;

    /// <summary>Calls for the message at hand; each gets one.</summary>
    public int Calls { get; set; }

    public bool WasAccepted { get; private set; }

    public FuzzObserver()
    {
        foreach (string accepted in (string[])["start", "frame", "end"]) _outcomes[accepted] = 0;
        foreach (RefusalReason reason in Declared) _outcomes[reason.Name()] = 0;
    }

    public void OnStart(ScanPlan plan, ulong sequence, bool repeat)
    {
        Accept("start");
        Require(plan.Channels.Length is >= 1 and <= 64, "channels");
        Require(plan.Shape is { Z: >= 1 and <= 32_768, Y: >= 1 and <= 32_768, X: >= 1 and <= 32_768 }, "shape");
        Require(plan.TimePoints is null or >= 1, "time points");
        Require(plan.VoxelSize is { ZUm: > 0, YUm: > 0, XUm: > 0 }, "voxel size");
        Require(plan.Undersampling is { Z: 1 or 2 or 4, Y: 1 or 2 or 4, X: 1 or 2 or 4 }, "undersampling");
        Require(plan.Mode is "light-sheet" or "two-photon" or "other", "mode");
        _userJson = plan.UserJson;
    }

    /// <summary>Holds the user's map of the message at hand to being JSON; apart from the call, because it takes memory of its own.</summary>
    public void CheckUserMap()
    {
        if (_userJson is not { } json) return;
        _userJson = null;
        using var user = JsonDocument.Parse(json);
        Require(user.RootElement.ValueKind == JsonValueKind.Object, "user");
    }

    public void OnFrame(in FrameHeader header, ReadOnlySpan<byte> pixels)
    {
        Accept("frame");
        Require(header is { Height: >= 1 and <= 32_768, Width: >= 1 and <= 32_768 }, "shape");
        Require((long)header.Height * header.Width * header.PixelType.Bytes() == pixels.Length, "pixels");
        Require(header.Index is { T: >= 0, C: >= 0, Z: >= 0 }, "index");
    }

    public void OnEnd(ScanEnd end)
    {
        Accept("end");
        Require(end.FramesSent >= 0, "frames");
        Require(end.Status is "completed" or "aborted" or "failed", "status");
    }

    public void OnRefused(RefusalReason reason, bool isFrame, MessageId? message, Func<string> detail)
    {
        Calls++;
        WasAccepted = false;
        Require(Declared.Contains(reason), "reason");
        Require(detail().Length is > 0 and <= LongestDetail, "detail");
        _outcomes[reason.Name()]++;
    }

    public void OnIdle() { }

    private void Accept(string kind)
    {
        Calls++;
        WasAccepted = true;
        _outcomes[kind]++;
    }

    private static void Require(bool holds, string what)
    {
        if (!holds) throw new InvalidOperationException($"What the protocol says of {what} does not hold.");
    }
}
