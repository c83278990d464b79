using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Pipeline;

/// <summary>A person asks for the network to be tuned again.</summary>
public sealed class RetuneTests : ScanRunCase
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_newest_complete_volume_is_tuned_on_and_what_follows_is_restored_with_what_comes_of_it()
    {
        Engine.OnTune = request =>
        {
            Assert.Equal(Engine.Tunings > 1, request.Start is not null);
            return Models.Better(Engine.Tunings);
        };
        Engine.OnGauge = model => new GaugeReading(30 + Models.Weight(model), 25, 1);
        (RunReport report, CommandAnswer answer) = await ScanWithRequest();

        AssertCloses(report);
        Assert.True(answer.IsAccepted, answer.Reason);
        Assert.Equal(2, report.Status.Models.Length);
        ModelStatus first = report.Status.Models[0], second = report.Status.Models[1];
        Assert.InRange(second.FromTimePoint, 1, second.TunedOn!.Value.T + 1); // what was not restored yet waits
        Assert.All(Store.Provenance, p => Assert.Equal(p.Index.T >= second.FromTimePoint ? second.ModelSha256 : first.ModelSha256, p.ModelSha256));
        Assert.Equal(6, Store.Provenance.Count);
    }

    [Fact]
    public async Task Where_interpolation_was_better_at_first_a_network_gets_another_chance()
    {
        Engine.OnTune = request =>
        {
            Assert.Null(request.Start);
            return Engine.Tunings == 1
                ? new TuningResult(null, BeatsProjection: false, 20, 18, 21, 5, TimeSpan.Zero, 0, "cubic with back-projection is better")
                : Models.Better(1);
        };
        (RunReport report, CommandAnswer answer) = await ScanWithRequest();

        AssertCloses(report);
        Assert.True(answer.IsAccepted, answer.Reason);
        Assert.Equal(["cubic+back-projection", "self-vision"], report.Status.Models.Select(model => model.Method));
        Assert.Contains(Store.Provenance, p => p.Method == "self-vision");
    }

    [Fact]
    public async Task A_network_that_cannot_be_tuned_again_stays_and_a_person_is_told()
    {
        Engine.OnTune = _ => Engine.Tunings == 1 ? Models.Better(1) : throw new RestorationException("The volume is constant.");
        (RunReport report, CommandAnswer answer) = await ScanWithRequest();

        AssertCloses(report);
        Assert.True(answer.IsAccepted, answer.Reason);
        ModelStatus model = Assert.Single(report.Status.Models);
        Assert.All(Store.Provenance, p => Assert.Equal(model.ModelSha256, p.ModelSha256));
        Assert.Contains(report.Warnings, w => w.Contains("keeps its model: The volume is constant.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ModelNames.Cubic, 2, "restoration.model is cubic")]
    [InlineData(ModelNames.SelfVision, 1, "not undersampled")]
    public async Task What_is_not_tuned_cannot_be_tuned_again(string model, int factor, string why)
    {
        ScanPlan plan = Scans.Plan(timePoints: 1, undersampling: new Factors(1, factor, factor));
        CommandAnswer before = default, during = default;
        RunReport report = await Run(
            (o, _) =>
            {
                before = LastRun!.Retune();
                o.OnStart(plan, 0, repeat: false);
                during = LastRun!.Retune();
                foreach (var (sequence, index) in Scans.Frames(plan)) o.Send(plan, sequence, index);
                o.OnEnd(Scans.End(plan));
            },
            restoration: new RestorationOptions { Model = model }).RunAsync(Cancel);

        AssertCloses(report);
        Assert.Equal((false, "No scan has been announced yet."), (before.IsAccepted, before.Reason));
        Assert.False(during.IsAccepted);
        Assert.Contains(why, during.Reason, StringComparison.Ordinal);
        Assert.False(LastRun!.Retune().IsAccepted);
    }

    /// <summary>Six volumes; once the first is restored, and a request before that was refused, the network is to be tuned again.</summary>
    private async Task<(RunReport Report, CommandAnswer Answer)> ScanWithRequest()
    {
        ScanPlan plan = Scans.Plan(timePoints: 6);
        using SemaphoreSlim restored = new(0);
        CommandAnswer answer = default;
        Store.Restored.BeforeWrite = _ => restored.Release();
        Func<TuningRequest, TuningResult> tune = Engine.OnTune;
        Engine.OnTune = request =>
        {
            if (Engine.Tunings == 1) Assert.False(LastRun!.Retune().IsAccepted, "The first network is being tuned.");
            return tune(request);
        };
        RunReport report = await Run((o, _) =>
        {
            o.OnStart(plan, 0, repeat: false);
            foreach (var (sequence, index) in Scans.Frames(plan))
            {
                if (index is { T: 1, Z: 0 })
                {
                    Assert.True(restored.Wait(Patience, Cancel), "The first volume was not restored.");
                    answer = LastRun!.Retune();
                }

                o.Send(plan, sequence, index);
            }

            o.OnEnd(Scans.End(plan));
        }).RunAsync(Cancel);
        return (report, answer);
    }
}
