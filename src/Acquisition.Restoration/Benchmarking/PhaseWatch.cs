using System.Collections.Immutable;
using System.Diagnostics;

namespace Acquisition.Restoration.Benchmarking;

/// <summary>Cuts a tuning's time into phases by what it reports.</summary>
internal sealed class PhaseWatch : IProgress<TuningProgress>
{
    private readonly RestorationOptions _options;
    private readonly IProgress<string>? _progress;
    private readonly ImmutableArray<PaperJobPhase>.Builder _phases = ImmutableArray.CreateBuilder<PaperJobPhase>();
    private string _phase = "prepared";
    private long _start = Stopwatch.GetTimestamp();
    private int _reported = -1;

    public PhaseWatch(RestorationOptions options, IProgress<string>? progress) => (_options, _progress) = (options, progress);

    public void Report(TuningProgress value)
    {
        string stage = $"stage {value.Stage + 1} of {value.Stages}";
        if (value.Stage != _reported)
        {
            // The first report comes after the first few of many steps; they count to what was before.
            Start($"{stage}: {_options.Steps} steps, judged on the way");
            _reported = value.Stage;
        }
        _progress?.Report($"{stage}, step {value.Step} of {value.Steps}");
        if (value.Step < value.Steps) return;
        string after = value.Stage + 1 < value.Stages ? "judged, and restored for the next" : "judged";
        Start($"{stage}: {after}");
        _progress?.Report($"{stage}: {after}");
    }

    /// <summary>Ends the phase before and begins another.</summary>
    public void Start(string phase)
    {
        long now = Stopwatch.GetTimestamp();
        _phases.Add(new(_phase, Stopwatch.GetElapsedTime(_start, now)));
        (_phase, _start) = (phase, now);
    }

    public ImmutableArray<PaperJobPhase> End()
    {
        Start("");
        return _phases.ToImmutable();
    }
}
