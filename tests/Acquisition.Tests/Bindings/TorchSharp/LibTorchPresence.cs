using TorchSharp;
using Xunit;

namespace Acquisition.Tests.Bindings.TorchSharp;

/// <summary>Whether there is a libtorch to test with. Tests that use it count tensors and memory, so nothing else runs meanwhile.</summary>
[CollectionDefinition(Collection, DisableParallelization = true)]
public sealed class LibTorchPresence
{
    public const string Collection = "libtorch";

    private static readonly Lazy<string?> Missing = new(() =>
    {
        try
        {
            torch.get_num_threads();
            return null;
        }
        catch (Exception missing) when (missing is DllNotFoundException or NotSupportedException or TypeInitializationException)
        {
            return missing.Message;
        }
    });

    /// <summary>Skips the test, with the reason, where libtorch is absent.</summary>
    public static void Require() => Assert.SkipWhen(Missing.Value is not null, Missing.Value ?? "");
}
