using System.Globalization;
using System.Net;

namespace Acquisition.Viewer.Web;

/// <summary>Where the viewer listens, as it was configured.</summary>
/// <param name="Host">The name or address as it was written, without brackets.</param>
/// <param name="Ip">What it binds.</param>
internal sealed record ListenAddress(bool IsSecure, string Host, IPAddress Ip, int Port)
{
    public bool IsLoopback => IPAddress.IsLoopback(Ip);

    /// <summary>Whether it takes connections to every address of this machine.</summary>
    public bool IsAny => Ip.Equals(IPAddress.Any) || Ip.Equals(IPAddress.IPv6Any);

    /// <exception cref="ViewerException">It is not of this form.</exception>
    public static ListenAddress Parse(string address)
    {
        int end = address.IndexOf("://", StringComparison.Ordinal), colon = address.LastIndexOf(':');
        string scheme = end < 0 ? "" : address[..end];
        if (scheme is "http" or "https" && colon > end + 2
            && int.TryParse(address.AsSpan(colon + 1).TrimEnd('/'), NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= ushort.MaxValue)
        {
            string host = address[(end + 3)..colon].Trim('[', ']');
            IPAddress? ip = host switch
            {
                "localhost" => IPAddress.Loopback,
                "*" => IPAddress.IPv6Any,
                _ => IPAddress.TryParse(host, out IPAddress? given) ? given : Uri.CheckHostName(host) == UriHostNameType.Dns ? IPAddress.IPv6Any : null,
            };
            if (ip is not null) return new(scheme == "https", host, ip, port);
        }

        throw new ViewerException($"The viewer's address is '{address}'; expected one like http://127.0.0.1:5080, or * in place of the numbers for every address of this machine.");
    }

    /// <summary>Whether a browser that was sent here would name this host. A page of another site, whose name was made to lead here, does not.</summary>
    /// <param name="host">As the request names it, without port and brackets.</param>
    public bool Answers(string host)
    {
        bool isIp = IPAddress.TryParse(host, out IPAddress? ip);
        if (host == "localhost" || (isIp && IPAddress.IsLoopback(ip!))) return IsLoopback || IsAny;
        if (string.Equals(host, Host, StringComparison.OrdinalIgnoreCase)) return true;
        return IsAny && (isIp || string.Equals(host, Dns.GetHostName(), StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>For people to open.</summary>
    public string Url(int port)
    {
        string name = Host == "*" || (IsAny && IPAddress.TryParse(Host, out _)) ? Dns.GetHostName() : Host;
        return string.Create(CultureInfo.InvariantCulture, $"{(IsSecure ? "https" : "http")}://{(name.Contains(':') ? $"[{name}]" : name)}:{port}");
    }
}
