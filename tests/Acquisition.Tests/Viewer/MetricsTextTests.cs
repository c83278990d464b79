using System.Diagnostics;
using System.Diagnostics.Metrics;
using Acquisition.Viewer.Web;
using Xunit;

namespace Acquisition.Tests.Viewer;

public sealed class MetricsTextTests
{
    /// <summary>Prints what Prometheus' own parser reads: name, labels in order, value; families with kind and help.</summary>
    private const string Parse = """
        import sys
        from prometheus_client.parser import text_string_to_metric_families as families
        for family in families(sys.stdin.read()):
            if not family.name.startswith("acquisition_test_"): continue
            print("family", family.name, family.type, repr(family.documentation))
            for s in family.samples: print(s.name, sorted(s.labels.items()), s.value)
        """;

    [Fact]
    public async Task Prometheus_own_parser_reads_every_kind_of_instrument()
    {
        using var text = new MetricsText();
        using var meter = new Meter(new MeterOptions("Acquisition") { Tags = [new("acquisition.run", "a \"b\" \\ c\nd")] });
        meter.CreateObservableCounter("acquisition.test.frames", () => new Measurement<long>[] { new(3, new KeyValuePair<string, object?>("reason", "late")), new(4, new KeyValuePair<string, object?>("reason", "torn")) }, "{frame}", "Frames\nrefused.");
        meter.CreateObservableGauge("acquisition.test.free", () => 1.5e12, "By", "Room.");
        meter.CreateObservableGauge("acquisition.test.own", () => new Measurement<int>(1, new KeyValuePair<string, object?>("acquisition.run", "its own")), null, "Tagged.");
        Histogram<double> wait = meter.CreateHistogram("acquisition.test.wait", "s", "Waits.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        foreach (double value in (double[])[0.05, 0.1, 0.5, 7]) wait.Record(value, new KeyValuePair<string, object?>("queue", "raw"));

        const string run = "('acquisition_run', 'a \"b\" \\\\ c\\nd')";
        Assert.Equal(
            [
                "family acquisition_test_frames counter 'Frames\\nrefused.'",
                $"acquisition_test_frames_total [{run}, ('reason', 'late')] 3.0",
                $"acquisition_test_frames_total [{run}, ('reason', 'torn')] 4.0",
                "family acquisition_test_free_bytes gauge 'Room.'",
                $"acquisition_test_free_bytes [{run}] 1500000000000.0",
                "family acquisition_test_own gauge 'Tagged.'",
                "acquisition_test_own [('acquisition_run', 'its own')] 1.0",
                "family acquisition_test_wait_seconds histogram 'Waits.'",
                $"acquisition_test_wait_seconds_bucket [{run}, ('le', '0.1'), ('queue', 'raw')] 2.0",
                $"acquisition_test_wait_seconds_bucket [{run}, ('le', '1'), ('queue', 'raw')] 3.0",
                $"acquisition_test_wait_seconds_bucket [{run}, ('le', '+Inf'), ('queue', 'raw')] 4.0",
                $"acquisition_test_wait_seconds_sum [{run}, ('queue', 'raw')] 7.65",
                $"acquisition_test_wait_seconds_count [{run}, ('queue', 'raw')] 4.0",
            ],
            await ParsedAsync(text.Write()));
    }

    [Fact]
    public void A_run_that_is_over_is_told_no_more()
    {
        using var text = new MetricsText();
        var meter = new Meter("Acquisition");
        meter.CreateObservableGauge("acquisition.test.gone", () => 1);
        Assert.Contains("acquisition_test_gone 1\n", text.Write(), StringComparison.Ordinal);
        meter.Dispose();
        Assert.DoesNotContain("acquisition_test_gone", text.Write(), StringComparison.Ordinal);
    }

    private static async Task<string[]> ParsedAsync(string text)
    {
        using var python = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", Parse])
        { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        await python.StandardInput.WriteAsync(text);
        python.StandardInput.Close();
        string output = await python.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string faults = await python.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await python.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(python.ExitCode == 0, faults);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
