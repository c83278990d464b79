using Acquisition.Core;
using Acquisition.Storage.Shares;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Storage;

public sealed class RestorePlanTests
{
    [Theory]
    [InlineData(1, 7)]
    [InlineData(3, 7)]
    [InlineData(7, 7)]
    [InlineData(10, 7)]
    [InlineData(1000, 37)]
    [InlineData(13, 1000)]
    public void Shares_hold_every_volume_once_in_order_and_about_as_many_each(int tasks, int timePoints)
    {
        RestorePlan plan = Plan(tasks, timePoints, absent: [new(2, 0)], chosenOn: [new(0, 0), new(1, 1)]);
        VolumeIndex[] shared = [.. Enumerable.Range(0, tasks).SelectMany(task => plan.Share(task))];
        VolumeIndex[] all =
        [
            .. from t in Enumerable.Range(0, timePoints)
               from c in (int[])[0, 1]
               select new VolumeIndex(t, c),
        ];
        Assert.Equal(all.Except([new(2, 0), new(0, 0), new(1, 1)]), shared);
        int[] sizes = [.. Enumerable.Range(0, tasks).Select(task => plan.Share(task).Length)];
        Assert.InRange(sizes.Max() - sizes.Min(), 0, 1);
        for (int task = 0; task < tasks; task++)
            if (sizes[task] > 0) Assert.Equal([task], plan.TasksOf(plan.Share(task)));
        Assert.Equal(Enumerable.Range(0, tasks).Where(task => sizes[task] > 0), plan.TasksOf(shared));
    }

    [Fact]
    public void A_plan_survives_being_stored_and_one_of_another_version_does_not()
    {
        using var folder = new AppTempFolder();
        string path = folder["plan.json"];
        RestorePlan plan = Plan(4, 5, absent: [new(3, 1)], chosenOn: [new(0, 0)]);
        plan.Save(path);
        RestorePlan read = RestorePlan.Load(path);
        Assert.Equal(plan.All(), read.All());
        Assert.Equal(plan.Share(2), read.Share(2));
        Assert.Equal(plan.Incomplete[0].MissingPlanes, read.Incomplete[0].MissingPlanes);
        Assert.Equal([1, 2], read.Stored([new(4, 1)], DateTimeOffset.UnixEpoch).Single().MissingPlanes);

        File.WriteAllText(path, File.ReadAllText(path).Replace("\"version\": 1", "\"version\": 9", StringComparison.Ordinal));
        Assert.Contains("of version 9", Assert.Throws<DataFormatException>(() => RestorePlan.Load(path)).Message, StringComparison.Ordinal);
        File.WriteAllText(path, "{");
        Assert.Contains("is no plan", Assert.Throws<DataFormatException>(() => RestorePlan.Load(path)).Message, StringComparison.Ordinal);
        Assert.Throws<StorageException>(() => RestorePlan.Load(folder["nothing.json"]));
    }

    private static RestorePlan Plan(int tasks, int timePoints, VolumeIndex[] absent, VolumeIndex[] chosenOn) => new()
    {
        Input = "/data/raw.zarr",
        Format = "run",
        Tasks = tasks,
        Absent = [.. absent],
        Incomplete = [new(new(4, 1), [1, 2])],
        Scan = new ScanStarted(Scans.Plan(timePoints: timePoints, channels: 2), "", System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty),
        Models = [],
        ChosenOn = [.. chosenOn],
        MadeAt = DateTimeOffset.UnixEpoch,
    };
}
