using Acquisition.Core;
using Acquisition.Storage;
using Xunit;

namespace Acquisition.Tests.Storage;

public sealed class TrainingFolderTests : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("training-").FullName;

    private string Location => Path.Combine(_parent, "model");

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    [Fact]
    public void A_new_folder_has_no_checkpoint_and_gives_back_the_last_one()
    {
        using TrainingFolder folder = TrainingFolder.Open(Location, "training:\n");
        Assert.Null(folder.Checkpoint());
        folder.SaveCheckpoint([1, 2, 3]);
        folder.SaveCheckpoint([4, 5]);
        Assert.Equal([4, 5], folder.Checkpoint());
        Assert.Empty(Directory.GetFiles(Location, "*.partial"));
    }

    [Fact]
    public void Progress_after_the_checkpoint_that_is_gone_on_from_is_told_once()
    {
        using (TrainingFolder first = TrainingFolder.Open(Location, "training:\n"))
        {
            for (int step = 10; step <= 30; step += 10) first.Tell(step, [("loss", step / 8.0), ("score", -step)]);
        }

        using TrainingFolder again = TrainingFolder.Open(Location, "training:\n");
        again.TakeUpProgress(20);
        again.Tell(30, [("loss", 0.5), ("score", 2)]);
        Assert.Equal(["step,loss,score", "10,1.25,-10", "20,2.5,-20", "30,0.5,2"], File.ReadAllLines(Path.Combine(Location, TrainingFolder.ProgressFile)));
    }

    [Fact]
    public void Two_programs_do_not_train_in_one_folder()
    {
        using TrainingFolder folder = TrainingFolder.Open(Location, "training:\n");
        Assert.Contains("Another program", Assert.Throws<StorageException>(() => TrainingFolder.Open(Location, "training:\n")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_with_something_else_in_it_is_left_alone()
    {
        Directory.CreateDirectory(Location);
        File.WriteAllText(Path.Combine(Location, "thesis.tex"), "");
        Assert.Contains("holds something else than training", Assert.Throws<StorageException>(() => TrainingFolder.Open(Location, "training:\n")).Message, StringComparison.Ordinal);
        Assert.Single(Directory.GetFileSystemEntries(Location));
    }
}
