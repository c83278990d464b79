using Acquisition.Restoration;
using Acquisition.Torch.Adversarial;

namespace Acquisition.Tests.Torch.Adversarial.C2Gan;

/// <summary>Frees a library's images.</summary>
internal sealed class ImageLibraryOwner(ImageLibrary library) : IDisposable
{
    public ImageLibrary Library => library;

    public void Dispose()
    {
        foreach (FloatVolume image in library.Images) image.Dispose();
    }
}
