using System.Net;
using System.Net.Http.Headers;
using Acquisition.Tests.Support;
using Acquisition.Viewer;
using Xunit;

namespace Acquisition.Tests.Viewer;

/// <summary>The run's datasets as plain files.</summary>
public sealed class ViewerDataTests : ViewerCase
{
    private const string Chunk = "/data/raw.zarr/0/c/12/0/0/0/0";

    private readonly StorageFolder _folder = new();
    private readonly byte[] _bytes = [.. Enumerable.Range(0, 1000).Select(i => (byte)i)];

    private protected override ViewerOptions Options => new() { Address = "http://127.0.0.1:0", DataOrigins = ["https://viewer.example"] };

    [Fact]
    public async Task Parts_of_a_file_its_length_and_its_type_can_be_asked_for()
    {
        await ShowAsync();
        using HttpResponseMessage whole = await Http.GetAsync(Server.Url + Chunk, Cancel);
        Assert.Equal(_bytes, await whole.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal("application/octet-stream", whole.Content.Headers.ContentType?.MediaType);
        Assert.Equal("nosniff", Assert.Single(whole.Headers.GetValues("X-Content-Type-Options")));

        foreach (var (range, from, to) in ((RangeHeaderValue, int, int)[])[(new(10, 19), 10, 20), (new(null, 16), 984, 1000), (new(990, null), 990, 1000)])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Server.Url + Chunk) { Headers = { Range = range } };
            using HttpResponseMessage part = await Http.SendAsync(request, Cancel);
            Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
            Assert.Equal(_bytes[from..to], await part.Content.ReadAsByteArrayAsync(Cancel));
            Assert.Equal(1000, part.Content.Headers.ContentRange?.Length);
        }

        using var head = new HttpRequestMessage(HttpMethod.Head, Server.Url + Chunk);
        using HttpResponseMessage length = await Http.SendAsync(head, Cancel);
        Assert.Equal(1000, length.Content.Headers.ContentLength);
        Assert.Empty(await length.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Theory]
    [InlineData("/data/run.yaml")]
    [InlineData("/data/ledger.jsonl")]
    [InlineData("/data/raw.zarr/../run.yaml")]
    [InlineData("/data/raw.zarr/%2e%2e/run.yaml")]
    [InlineData("/data/raw.zarr/..%2frun.yaml")]
    [InlineData("/data/models.zarr/zarr.json")]
    [InlineData("/data/raw.zarr/0/c/99/0/0/0/0")]
    [InlineData("/data/")]
    public async Task Nothing_but_datasets_is_given_away(string path)
    {
        await ShowAsync();
        var uri = new Uri(Server.Url + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using HttpResponseMessage answer = await Http.GetAsync(uri, Cancel);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("https://viewer.example", true)]
    [InlineData("https://attacker.example", false)]
    public async Task Only_named_sites_may_read_datasets_in_a_browser(string origin, bool isAdmitted)
    {
        await ShowAsync();
        foreach (HttpMethod method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Options])
        {
            using var request = new HttpRequestMessage(method, Server.Url + Chunk) { Headers = { { "Origin", origin } } };
            using HttpResponseMessage answer = await Http.SendAsync(request, Cancel);
            Assert.Equal(isAdmitted ? [origin] : [], answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var allowed) ? allowed : []);
        }
    }

    [Fact]
    public async Task The_page_is_told_which_sites_may_read()
    {
        using ViewerPage page = await ViewerPage.OpenAsync(Server.Url);
        Assert.Equal("""["https://viewer.example"]""", (await page.HearAsync("scan")).GetProperty("data_sites").GetRawText());
    }

    private async Task ShowAsync()
    {
        string file = Path.Combine(_folder.Path, "raw.zarr", "0", "c", "12", "0", "0", "0", "0");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllBytesAsync(file, _bytes, Cancel);
        foreach (string secret in (string[])["run.yaml", "ledger.jsonl"]) await File.WriteAllTextAsync(Path.Combine(_folder.Path, secret), "secret", Cancel);
        Archive = new ViewerArchive(Plan, _folder.Path);
        Server.Show(Run());
        using ViewerPage page = await OpenAsync(); // the folder is known from here on
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }
}
