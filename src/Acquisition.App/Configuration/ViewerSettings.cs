using Acquisition.Viewer;

namespace Acquisition.App.Configuration;

/// <summary>Whether and where people can look at a run.</summary>
internal sealed record ViewerSettings
{
    private static readonly ViewerOptions Defaults = new();

    public bool Enabled { get; init; } = true;

    public string Address { get; init; } = Defaults.Address;

    /// <summary>Whether a browser is opened where there is a desktop.</summary>
    public bool OpenBrowser { get; init; } = true;

    public bool RequireToken { get; init; }

    /// <summary>File with the token of those who may only look; <see langword="null"/> makes one up.</summary>
    public string? TokenFile { get; init; }

    /// <summary>File with the operators' token; <see langword="null"/> makes one up.</summary>
    public string? OperatorTokenFile { get; init; }

    public string? CertificateFile { get; init; }

    public string? CertificatePasswordFile { get; init; }

    /// <summary>Sites between spaces, or <see cref="Origins.None"/>.</summary>
    public string DataOrigins { get; init; } = string.Join(' ', Defaults.DataOrigins);

    public long MemoryBudgetBytes { get; init; } = Defaults.MemoryBudgetBytes;

    public long BytesPerSec { get; init; } = Defaults.BytesPerSec;

    /// <exception cref="ViewerException">A file cannot be read, or a token is too short.</exception>
    public ViewerOptions Resolve() => new()
    {
        Address = Address,
        RequiresToken = RequireToken,
        ViewerToken = Token(TokenFile),
        OperatorToken = Token(OperatorTokenFile),
        CertificateFile = CertificateFile,
        CertificatePassword = Secret(CertificatePasswordFile),
        DataOrigins = DataOrigins == Origins.None ? [] : [.. DataOrigins.Split(' ', StringSplitOptions.RemoveEmptyEntries)],
        MemoryBudgetBytes = MemoryBudgetBytes,
        BytesPerSec = BytesPerSec,
    };

    private static string? Token(string? path) => Secret(path) is not { } token ? null
        : token.Length >= 16 ? token
        : throw new ViewerException($"The token in '{path}' has {token.Length} characters; expected at least 16.");

    private static string? Secret(string? path)
    {
        try
        {
            return path is null ? null : File.ReadAllText(path).Trim();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ViewerException($"'{path}' cannot be read: {fault.Message}", fault);
        }
    }
}
