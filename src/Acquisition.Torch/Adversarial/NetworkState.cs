using Acquisition.Core;
using Acquisition.Restoration;
using static TorchSharp.torch;

namespace Acquisition.Torch.Adversarial;

/// <summary>Weights of networks as tensors of a file, and back.</summary>
internal static class NetworkState
{
    public static IEnumerable<SafeTensor> Of(string network, nn.Module module)
    {
        using var scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        var tensors = new List<SafeTensor>();
        foreach (var (name, tensor) in module.state_dict())
            tensors.Add(new SafeTensor($"{network}.{name}", [.. tensor.shape.Select(extent => (int)extent)], HostTensors.Samples(tensor.cpu().contiguous()).ToArray()));
        return tensors;
    }

    /// <exception cref="DataFormatException">A tensor is missing, of another shape, or not finite.</exception>
    public static void Load(OfflineModel model, string network, nn.Module module)
    {
        using var scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        foreach (var (name, tensor) in module.state_dict())
        {
            Tensor values = empty(tensor.shape);
            SafeTensors.CopyTo(model.Tensors, $"{network}.{name}", [.. tensor.shape.Select(extent => (int)extent)], HostTensors.Samples(values));
            tensor.copy_(values);
        }
    }
}
