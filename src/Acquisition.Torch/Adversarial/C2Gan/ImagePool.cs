using static TorchSharp.torch;

namespace Acquisition.Torch.Adversarial.C2Gan;

/// <summary>Generated images of earlier steps that a discriminator sees again, so that it does not forget what generators once did
/// (Shrivastava et al. 2017, sec. 2.3, as CycleGAN has it).</summary>
internal sealed class ImagePool(int capacity) : IDisposable
{
    private readonly List<Tensor> _images = [];

    /// <summary>Gives the image itself while the pool fills; then the image, or half of the time one from the pool, whose place it takes.</summary>
    /// <param name="image">[1, 1, y, x], without gradients.</param>
    /// <returns>In the caller's scope.</returns>
    public Tensor Exchange(Tensor image, Random chance)
    {
        if (capacity == 0) return image;
        if (_images.Count < capacity)
        {
            _images.Add(image.clone().DetachFromDisposeScope());
            return image;
        }

        if (chance.Next(2) == 0) return image;
        int place = chance.Next(capacity);
        using Tensor earlier = _images[place];
        _images[place] = image.clone().DetachFromDisposeScope();
        return earlier.alias();
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(_images.Count);
        foreach (Tensor image in _images) TensorStream.Write(writer, image);
    }

    /// <exception cref="Core.DataFormatException">It is no pool.</exception>
    public void Load(BinaryReader reader, Device device)
    {
        Dispose();
        int count = reader.ReadInt32();
        if (count < 0 || count > capacity) throw new Core.DataFormatException($"The checkpoint has {count} images in a pool of {capacity}.");
        for (int i = 0; i < count; i++) _images.Add(TensorStream.Read(reader).to(device).DetachFromDisposeScope());
    }

    public void Dispose()
    {
        foreach (Tensor image in _images) image.Dispose();
        _images.Clear();
    }
}
