using System.Security.Cryptography;
using System.Text;

namespace Acquisition.Viewer.Web;

/// <summary>What lets people in, where not everybody may.</summary>
/// <param name="viewer">Lets them look.</param>
/// <param name="operator">Lets them act as well.</param>
internal sealed class Tokens(string viewer, string @operator)
{
    private readonly byte[] _viewer = Hash(viewer), _operator = Hash(@operator);

    public string Viewer => viewer;

    public string Operator => @operator;

    /// <summary>Whose token this is. Takes as long whatever is given.</summary>
    public Role RoleOf(string? token)
    {
        byte[] given = Hash(token ?? "");
        bool isViewer = CryptographicOperations.FixedTimeEquals(given, _viewer), isOperator = CryptographicOperations.FixedTimeEquals(given, _operator);
        return token is null ? Role.Stranger : isOperator ? Role.Operator : isViewer ? Role.Viewer : Role.Stranger;
    }

    /// <summary>Cannot be guessed: 128 random bits.</summary>
    public static string MakeUp() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
