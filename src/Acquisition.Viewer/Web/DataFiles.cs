using System.Text.RegularExpressions;
using Acquisition.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Acquisition.Viewer.Web;

/// <summary>The run's datasets as plain files, for readers of OME-Zarr on the web.</summary>
/// <param name="origins">Pages of other servers that may read them.</param>
internal sealed partial class DataFiles(IReadOnlyCollection<string> origins)
{
    public const string Prefix = "/data/";

    public async Task AnswerAsync(HttpContext context, IRunArchive? archive)
    {
        Admit(context);
        if (HttpMethods.IsOptions(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        string path = context.Request.Path.Value![Prefix.Length..];
        string? file = archive is not null && Stored().IsMatch(path) ? Path.Combine(archive.Folder, path.Replace('/', Path.DirectorySeparatorChar)) : null;
        if (file is null || !File.Exists(file))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        string type = Path.GetExtension(file) switch { ".json" => "application/json", ".jsonl" => "application/jsonl", _ => "application/octet-stream" };
        var info = new FileInfo(file);
        PhysicalFileHttpResult answer = TypedResults.PhysicalFile(file, type, lastModified: info.LastWriteTimeUtc, enableRangeProcessing: true);
        context.Response.Headers.CacheControl = "no-cache"; // metadata change while the run goes on
        await answer.ExecuteAsync(context).ConfigureAwait(false);
    }

    /// <summary>Lets the page of another server read the answer, where it is one of those that may.</summary>
    private void Admit(HttpContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.Vary = "Origin";
        string? origin = context.Request.Headers.Origin.FirstOrDefault();
        if (origin is null || !(origins.Contains(origin) || origins.Contains("*"))) return;
        headers.AccessControlAllowOrigin = origin;
        headers.AccessControlAllowMethods = "GET, HEAD";
        headers.AccessControlAllowHeaders = "Range";
        headers.AccessControlExposeHeaders = "Content-Length, Content-Range, Accept-Ranges, ETag";
        headers["Access-Control-Allow-Private-Network"] = "true";
    }

    /// <summary>Files of a dataset, and nothing else that lies in the folder or outside.</summary>
    [GeneratedRegex(@"^(raw|restored|uncertainty)\.zarr/((zarr\.json|provenance\.jsonl)|[0-9]+/(zarr\.json|c(/[0-9]+){5}))\z")]
    private static partial Regex Stored();
}
