using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Acquisition.Viewer.Web;

/// <summary>The page, which is part of the program.</summary>
internal sealed class PageFiles
{
    private const string Prefix = "page/";

    private readonly FrozenDictionary<string, (byte[] Content, string Type, string Tag)> _files;

    public PageFiles()
    {
        Assembly assembly = typeof(PageFiles).Assembly;
        _files = assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToFrozenDictionary(
            name => "/" + name[Prefix.Length..].Replace('\\', '/'),
            name =>
            {
                using Stream stream = assembly.GetManifestResourceStream(name)!;
                var content = new byte[stream.Length];
                stream.ReadExactly(content);
                return (content, TypeOf(Path.GetExtension(name)), $"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\"");
            });
    }

    /// <returns>False when there is no such file.</returns>
    public async Task<bool> TryAnswerAsync(HttpContext context)
    {
        string path = context.Request.Path == "/" ? "/index.html" : context.Request.Path.Value ?? "";
        if (!_files.TryGetValue(path, out var file)) return false;
        HttpResponse response = context.Response;
        response.Headers.ETag = file.Tag;
        response.Headers.CacheControl = "no-cache"; // asked again each time, so that page and program are of one version
        if (context.Request.Headers[HeaderNames.IfNoneMatch] == file.Tag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return true;
        }

        response.ContentType = file.Type;
        response.ContentLength = file.Content.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await response.Body.WriteAsync(file.Content, context.RequestAborted).ConfigureAwait(false);
        return true;
    }

    private static string TypeOf(string extension) => extension switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".json" => "application/json",
        ".svg" => "image/svg+xml",
        ".png" => "image/png",
        _ => "application/octet-stream",
    };
}
