using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Acquisition.Tests.Support;
using Acquisition.Viewer;
using Acquisition.Viewer.Web;
using Xunit;

namespace Acquisition.Tests.Viewer;

/// <summary>A viewer on this machine's own address, where everybody is an operator.</summary>
public sealed class ViewerSafetyTests : ViewerCase
{
    [Theory]
    [InlineData("/")]
    [InlineData("/api/status")]
    [InlineData("/metrics")]
    [InlineData("/nothing")]
    public async Task Every_answer_tells_the_browser_what_the_page_may_do(string path)
    {
        using HttpResponseMessage answer = await Http.GetAsync(Server.Url + path, Cancel);
        Assert.Equal(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
        Assert.False(answer.Headers.Contains("Server"));
    }

    [Fact]
    public async Task The_page_has_its_type_and_is_sent_once()
    {
        using HttpResponseMessage first = await Http.GetAsync(Server.Url, Cancel);
        Assert.Equal("text/html; charset=utf-8", first.Content.Headers.ContentType?.ToString());
        using var again = new HttpRequestMessage(HttpMethod.Get, Server.Url);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using HttpResponseMessage second = await Http.SendAsync(again, Cancel);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Theory]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("127.0.0.1:9", HttpStatusCode.OK)]
    [InlineData("[::1]", HttpStatusCode.OK)]
    [InlineData("attacker.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("127.0.0.1.attacker.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("192.168.1.2", HttpStatusCode.MisdirectedRequest)]
    public async Task A_foreign_name_that_leads_here_gets_no_answer(string host, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Server.Url);
        request.Headers.Host = host;
        using HttpResponseMessage answer = await Http.SendAsync(request, Cancel);
        Assert.Equal(status, answer.StatusCode);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Nothing_is_done_by_http(string method)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), Server.Url + "/api/status");
        using HttpResponseMessage answer = await Http.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
    }

    [Fact]
    public async Task A_page_of_another_site_cannot_open_the_socket()
    {
        foreach (string origin in (string[])["https://attacker.example", "null", Server.Url.Replace("http:", "http://evil@x:", StringComparison.Ordinal)])
        {
            var fault = await Assert.ThrowsAsync<WebSocketException>(() => ViewerPage.OpenAsync(Server.Url, options => options.SetRequestHeader("Origin", origin)));
            Assert.Contains("403", fault.Message, StringComparison.Ordinal);
        }

        using ViewerPage own = await ViewerPage.OpenAsync(Server.Url, options => options.SetRequestHeader("Origin", Server.Url));
        await own.HearAsync("scan");
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_as_such()
    {
        var fault = await Assert.ThrowsAsync<ViewerException>(() => ViewerServer.StartAsync(new ViewerOptions { Address = Server.Url }));
        Assert.True(fault.IsPortTaken);
    }

    [Theory]
    [InlineData("http://127.0.0.1:5080", "127.0.0.1", true)]
    [InlineData("http://*:5080", "10.1.2.3", true)]
    [InlineData("http://*:5080", "attacker.example", false)]
    [InlineData("http://scope.lab:5080", "scope.lab", true)]
    [InlineData("http://scope.lab:5080", "attacker.example", false)]
    [InlineData("http://10.1.2.3:5080", "10.1.2.4", false)]
    public void Only_hosts_that_lead_here_by_right_are_answered(string address, string host, bool answers) =>
        Assert.Equal(answers, ListenAddress.Parse(address).Answers(host));

    [Theory]
    [InlineData("127.0.0.1:5080")]
    [InlineData("ftp://127.0.0.1:5080")]
    [InlineData("http://127.0.0.1")]
    [InlineData("http://127.0.0.1:70000")]
    [InlineData("http://a b:80")]
    public void An_address_that_is_none_is_refused(string address) => Assert.Throws<ViewerException>(() => ListenAddress.Parse(address));
}

/// <summary>A viewer that asks for tokens.</summary>
public sealed class ViewerTokenTests : ViewerCase
{
    private const string Viewer = "a-token-for-viewers", Operator = "a-token-for-operators";

    private protected override ViewerOptions Options => new() { Address = "http://127.0.0.1:0", RequiresToken = true, ViewerToken = Viewer, OperatorToken = Operator };

    [Theory]
    [InlineData("/")]
    [InlineData("/api/status")]
    [InlineData("/metrics")]
    [InlineData("/data/raw.zarr/zarr.json")]
    [InlineData("/?token=wrong")]
    [InlineData("/?token=")]
    public async Task Without_the_token_nobody_gets_in(string path)
    {
        using HttpResponseMessage answer = await Http.GetAsync(Server.Url + path, Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.StartsWith("A token is needed here", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal); // and nothing of the run
        var fault = await Assert.ThrowsAsync<WebSocketException>(() => ViewerPage.OpenAsync(Server.Url));
        Assert.Contains("401", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Viewer, false)]
    [InlineData(Operator, true)]
    public async Task The_token_becomes_a_cookie_that_scripts_cannot_read_and_says_who_may_act(string token, bool mayAct)
    {
        using HttpResponseMessage answer = await Http.GetAsync($"{Server.Url}/?token={token}", Cancel);
        string cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("url=/\"", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);

        using ViewerPage page = await ViewerPage.OpenAsync(Server.Url, options => options.SetRequestHeader("Cookie", cookie.Split(';')[0]));
        JsonElement scan = await page.HearAsync("scan");
        Assert.Equal(mayAct, scan.GetProperty("operator").GetBoolean());
        Assert.Equal(0, scan.GetProperty("data_sites").GetArrayLength()); // pages of other sites have no token
        await page.SayAsync(new { type = "do", action = "stop" });
        Assert.Equal(mayAct, (await page.HearAsync("answer")).GetProperty("accepted").GetBoolean());
    }

    [Fact]
    public async Task Programs_may_give_the_token_in_a_header()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Server.Url + "/api/status");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Viewer);
        using HttpResponseMessage answer = await Http.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public void Tokens_that_are_made_up_differ() => Assert.NotEqual(Tokens.MakeUp(), Tokens.MakeUp());
}

/// <summary>A viewer with a certificate.</summary>
public sealed class ViewerTlsTests
{
    [Fact]
    public async Task A_given_certificate_is_used()
    {
        using var folder = new StorageFolder();
        using var key = RSA.Create(2048);
        var asked = new CertificateRequest("CN=scope", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = asked.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        string path = Path.Combine(folder.Path, "scope.pfx");
        await File.WriteAllBytesAsync(path, certificate.Export(X509ContentType.Pkcs12, "secret"), TestContext.Current.CancellationToken);

        await using ViewerServer server = await ViewerServer.StartAsync(new ViewerOptions { Address = "https://127.0.0.1:0", CertificateFile = path, CertificatePassword = "secret" });
        string? seen = null;
        using var http = new HttpClient(new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, shown, _, _) => (seen = shown?.Thumbprint) is not null });
        using HttpResponseMessage answer = await http.GetAsync(server.Url, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(certificate.Thumbprint, seen);

        await Assert.ThrowsAsync<ViewerException>(() => ViewerServer.StartAsync(new ViewerOptions { Address = "https://127.0.0.1:0", CertificateFile = path, CertificatePassword = "wrong" }));
        await Assert.ThrowsAsync<ViewerException>(() => ViewerServer.StartAsync(new ViewerOptions { Address = "https://127.0.0.1:0" }));
    }
}
