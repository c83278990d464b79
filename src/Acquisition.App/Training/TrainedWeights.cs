using Acquisition.App.Models;
using Acquisition.Core;
using Acquisition.Torch.Adversarial;

namespace Acquisition.App.Training;

/// <summary>A file with a model that was trained before any scan.</summary>
internal static class TrainedWeights
{
    /// <exception cref="StorageException">It cannot be read.</exception>
    /// <exception cref="DataFormatException">It is no such model.</exception>
    public static OfflineModel Read(string path)
    {
        byte[] bytes = WeightsFile.Bytes(path);
        try
        {
            return OfflineModel.FromSafeTensors(bytes);
        }
        catch (DataFormatException fault)
        {
            throw new DataFormatException($"'{path}' is no trained model. {fault.Message}", fault);
        }
    }
}
