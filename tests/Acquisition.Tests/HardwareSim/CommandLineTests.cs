using System.Net;
using System.Net.Sockets;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.HardwareSim;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("", "command was not provided")]
    [InlineData("play", "argument missing")]
    [InlineData("scan worms", "worms")]
    [InlineData("scan beads --factor 3", "--factor is 3,3,3; each must be 1, 2 or 4.")]
    [InlineData("scan beads --factor 2,2", "'2,2' is not three whole numbers")]
    [InlineData("scan beads --shape 31,64,64 --factor 2", "is not a multiple of --factor 2,2,2")]
    [InlineData("scan beads --shape 0,64,64", "must lie between 1 and 32768")]
    [InlineData("scan beads --psf-um 1,0,1", "greater than zero")]
    [InlineData("scan beads --voxel a", "'a' is not three numbers")]
    [InlineData("scan beads --drop 1.5", "--drop is '1.5'; it must be a number between 0 and 1.")]
    [InlineData("scan beads --drop NaN", "--drop is 'NaN'")]
    [InlineData("scan beads --timepoints 1.5", "must be a whole number")]
    [InlineData("scan beads --fps 0", "or max")]
    [InlineData("scan beads --fps 30 --dwell-us 1", "--fps and --dwell-us exclude each other")]
    [InlineData("scan beads --bind --connect", "--bind and --connect exclude each other")]
    [InlineData("scan beads --die-after 0", "--die-after")]
    [InlineData("scan beads --address tcp://*:5555", "--address is 'tcp://*:5555', which the network reaches")]
    [InlineData("scan beads --connect --secret-key-file none.secret", "--secret-key-file is given without --server-key-file")]
    [InlineData("scan beads --allowed-keys-file keys", "--allowed-keys-file is given without --secret-key-file")]
    [InlineData("scan beads --address localhost", "tcp://host:port")]
    [InlineData("scan beads --stream Left", "a-z")]
    [InlineData("scan beads --speed 3", "--speed")]
    [InlineData("scan beads --shuffle --reorder 4", "--shuffle and --reorder exclude each other")]
    [InlineData("scan beads --reorder 1", "--reorder is '1'; it must be a whole number between 2 and 10000.")]
    [InlineData("scan beads --restart-as never", "never")]
    [InlineData("replay", "argument missing")]
    [InlineData("replay x --speed 0", "--speed is '0'; it must be a number between 0.001 and 1000000, or max.")]
    [InlineData("replay x --fps 3", "--fps")]
    [InlineData("play x.tif --factor 2 --announce 2", "--factor and --announce exclude each other")]
    public async Task Wrong_arguments_are_named_with_what_is_accepted(string arguments, string expected)
    {
        HardwareSimRun run = await HardwareSimRun.InProcessAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains(expected, run.Notes, StringComparison.Ordinal);
        Assert.Contains("--help' lists what is accepted.", run.Notes, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "neurites")]
    [InlineData("play --help", "--truth")]
    [InlineData("scan --help", "--moving")]
    [InlineData("replay --help", "--new-scan-id")]
    public async Task Help_is_not_a_fault(string arguments, string expected)
    {
        HardwareSimRun run = await HardwareSimRun.InProcessAsync(arguments.Split(' '));
        Assert.Equal((0, ""), (run.ExitCode, run.Notes));
        Assert.Contains(expected, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_in_use_is_told_with_its_name()
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        string address = $"tcp://127.0.0.1:{((IPEndPoint)holder.LocalEndpoint).Port}";

        HardwareSimRun run = await HardwareSimRun.InProcessAsync("scan", "beads", "--shape", "1,8,8", "--address", address);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains(address, run.Notes, StringComparison.Ordinal);
        Assert.StartsWith("error: ", run.Notes, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1,32768,32768")]
    [InlineData("32768,32768,32768")]
    public async Task A_phantom_larger_than_an_array_is_refused(string shape)
    {
        HardwareSimRun run = await HardwareSimRun.InProcessAsync("scan", "beads", "--shape", shape, "--address", "tcp://127.0.0.1:*");

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("is too large", run.Notes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_truth_folder_that_cannot_be_made_is_told()
    {
        using var folder = new HardwareSimFolder();
        await File.WriteAllTextAsync(folder["taken"], "", TestContext.Current.CancellationToken);

        HardwareSimRun run = await HardwareSimRun.InProcessAsync("scan", "beads", "--shape", "1,8,8", "--truth", folder["taken"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(folder["taken"], run.Notes, StringComparison.Ordinal);
    }
}
