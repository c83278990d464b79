using Acquisition.App.Models;
using Acquisition.Restoration;
using Acquisition.Torch;
using Xunit;

namespace Acquisition.Tests.App;

public sealed class DevicesTests
{
    [Fact]
    public void What_is_asked_for_is_what_computes()
    {
        ComputeOptions Options(EngineChoice engine, string device) => new() { Engine = engine, Device = device };

        Assert.Null(Devices.ForSelfVision(Options(EngineChoice.Cpu, "auto")));
        Assert.Null(Devices.ForSelfVision(Options(EngineChoice.Auto, "cpu")));
        Assert.Equal("cpu", Devices.ForSelfVision(Options(EngineChoice.Torch, "cpu")));
        Assert.Equal("cuda:1", Devices.ForSelfVision(Options(EngineChoice.Auto, "cuda:1")));
        Assert.Equal("cuda:1", Devices.ForSelfVision(Options(EngineChoice.Torch, "cuda:1")));
    }

    [Fact]
    public void Nothing_asked_for_takes_the_graphics_card_where_there_is_one()
    {
        bool hasCard = TorchEngine.WhyUnavailable("cuda") is null;
        Assert.Equal(hasCard ? "cuda" : null, Devices.ForSelfVision(new ComputeOptions()));
        Assert.Equal(hasCard ? "cuda" : "cpu", Devices.ForTorch(new ComputeOptions()));
        Assert.Equal(hasCard ? "cuda" : "cpu", Devices.ForSelfVision(new ComputeOptions { Engine = EngineChoice.Torch }));
        Assert.Equal(!hasCard, Devices.OpenSelfVision(new ComputeOptions(), _ => { }) is CpuEngine);
    }
}
