using System.Collections.Immutable;

namespace Acquisition.Viewer;

/// <summary>Where the viewer listens, and who may look.</summary>
public sealed record ViewerOptions
{
    /// <summary>http:// or https://, an IP address, a name of this machine or * for all its addresses, and a port; 0 takes a free one.
    /// Default: this machine only.</summary>
    public string Address { get; init; } = "http://127.0.0.1:5080";

    /// <summary>Whether a token is asked for on this machine's own address as well. On any other it always is. Default: it is not.</summary>
    public bool RequiresToken { get; init; }

    /// <summary>Lets people look; <see langword="null"/> makes one up at each start.</summary>
    public string? ViewerToken { get; init; }

    /// <summary>Lets people stop the scan and tune again as well; <see langword="null"/> makes one up at each start.</summary>
    public string? OperatorToken { get; init; }

    /// <summary>PKCS #12 file with certificate and key, for https; <see langword="null"/> for none.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Password of that file; <see langword="null"/> for none.</summary>
    public string? CertificatePassword { get; init; }

    /// <summary>Pages of other servers that may read the run's datasets in a browser, as scheme and host. Default: the public viewers that
    /// the page offers links to. Programs other than browsers do not ask.</summary>
    public ImmutableArray<string> DataOrigins { get; init; } =
        ["https://neuroglancer-demo.appspot.com", "https://hms-dbmi.github.io", "https://ome.github.io"];

    /// <summary>Most memory for pictures, all pages together. Default 512 MiB. What has no room is not shown.</summary>
    public long MemoryBudgetBytes { get; init; } = 512L << 20;

    /// <summary>Most bytes a second that volumes of a running scan take, all pages together; after a pause as many at once. Planes through the
    /// crosshair go out beside them. Default 32 MiB: four volumes of 64×256×256 uint16 a second.</summary>
    public long BytesPerSec { get; init; } = 32L << 20;

    /// <summary>How long a page may take to read one message before it is given up. Default 30 s.</summary>
    public TimeSpan SendPatience { get; init; } = TimeSpan.FromSeconds(30);
}
