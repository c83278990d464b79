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
        try
        {
            return OfflineModel.FromSafeTensors(File.ReadAllBytes(path));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"'{path}' cannot be read: {fault.Message}", fault);
        }
        catch (DataFormatException fault)
        {
            throw new DataFormatException($"'{path}' is no trained model. {fault.Message}", fault);
        }
    }
}
