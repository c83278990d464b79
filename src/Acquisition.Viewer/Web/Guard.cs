using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Acquisition.Viewer.Web;

/// <summary>Decides who is let in, and tells browsers what the page may do.</summary>
/// <param name="tokens"><see langword="null"/> where everybody on this machine is an operator.</param>
internal sealed class Guard(ListenAddress address, Tokens? tokens)
{
    private const string TokenKey = "token";
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Sets the headers that every answer has, and turns strangers away.</summary>
    /// <returns>What the visitor may do; <see cref="Role.Stranger"/> when the answer has been given.</returns>
    public async Task<Role> ReceiveAsync(HttpContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers[HeaderNames.XFrameOptions] = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        if (!address.Answers(context.Request.Host.Host.Trim('[', ']')))
        {
            context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
            return Role.Stranger;
        }

        if (tokens is null) return Role.Operator;
        string cookie = string.Create(CultureInfo.InvariantCulture, $"acquisition-{context.Connection.LocalPort}"); // cookies do not know ports
        string? given = context.Request.Query[TokenKey].FirstOrDefault();
        Role role = tokens.RoleOf(given ?? Bearer(context.Request) ?? context.Request.Cookies[cookie]);
        if (role == Role.Stranger)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.ContentType = "text/plain; charset=utf-8";
            await context.Response.WriteAsync("A token is needed here: open the address that the program printed when it began.", context.RequestAborted).ConfigureAwait(false);
            return role;
        }

        if (given is null) return role;
        context.Response.Cookies.Append(cookie, given, new CookieOptions { HttpOnly = true, SameSite = Microsoft.AspNetCore.Http.SameSiteMode.Strict, Secure = address.IsSecure, Path = "/" });
        if (context.Request.Path != "/") return role;

        // The token must not stay in the address, where it would be seen and kept. A redirect would not do: after a link on another site,
        // browsers hold a strict cookie back until a page of this one asks.
        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.WriteAsync("<!doctype html><meta http-equiv=\"refresh\" content=\"0; url=/\"><link rel=\"icon\" href=\"data:,\"><title>Acquisition</title>", context.RequestAborted).ConfigureAwait(false);
        return Role.Stranger;
    }

    /// <summary>Whether a WebSocket was opened by a page of this server, or by a program that is no browser.</summary>
    public static bool IsOwnPage(HttpRequest request) =>
        request.Headers.Origin.FirstOrDefault() is not { } origin
        || (Uri.TryCreate(origin, UriKind.Absolute, out Uri? page) && string.Equals(page.Authority, Authority(request), StringComparison.OrdinalIgnoreCase));

    /// <summary>The host as a browser writes it in an origin: without the scheme's own port.</summary>
    private static string Authority(HttpRequest request) =>
        Uri.TryCreate($"{request.Scheme}://{request.Host.Value}", UriKind.Absolute, out Uri? own) ? own.Authority : "";

    private static string? Bearer(HttpRequest request)
    {
        const string scheme = "Bearer ";
        string? value = request.Headers.Authorization.FirstOrDefault();
        return value?.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) == true ? value[scheme.Length..] : null;
    }
}
