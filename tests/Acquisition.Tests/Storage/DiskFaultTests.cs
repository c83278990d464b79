using Acquisition.Core;
using Acquisition.Storage.Files;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Storage;

public sealed class DiskFaultTests
{
    public static TheoryData<Exception, string> Faults => new()
    {
        { new UnauthorizedAccessException("Access to the path is denied."), "access is denied. Give this user the right to it" },
        { new DirectoryNotFoundException("Could not find a part of the path."), "a folder of that path does not exist" },
        { new FileNotFoundException("Could not find file."), "there is no such file" },
        { new IOException("Read-only file system."), "Read-only file system. Check the disk" },
    };

    [Theory, MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void Each_fault_says_what_was_done_where_and_what_to_do(Exception found, string advice)
    {
        StorageException fault = DiskFault.Translate(found, "store volume t0 c0", "/data/run", 1000);
        Assert.StartsWith("Cannot store volume t0 c0 at '/data/run': ", fault.Message, StringComparison.Ordinal);
        Assert.Contains(advice, fault.Message, StringComparison.Ordinal);
        Assert.Same(found, fault.InnerException);
        Assert.False(fault.DiskFull);
    }

    [Fact]
    public void A_full_disk_says_how_much_is_needed_and_how_much_there_is()
    {
        using var folder = new StorageFolder();
        // ENOSPC of Linux and macOS, ERROR_DISK_FULL of Windows.
        var full = new IOException("No space left on device", OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28);
        StorageException fault = DiskFault.Translate(full, "store volume t0 c0", folder["a/b/c"], 3 << 20);
        Assert.True(fault.DiskFull);
        Assert.Contains("3145728 bytes (3 MiB) needed", fault.Message, StringComparison.Ordinal);
        Assert.Matches(@"\d+ bytes .*free", fault.Message);
    }

    [Fact]
    public void Defects_are_not_taken_for_faults_of_the_disk()
    {
        Assert.False(DiskFault.Is(new InvalidOperationException()));
        Assert.False(DiskFault.Is(new ArgumentException("")));
    }
}
