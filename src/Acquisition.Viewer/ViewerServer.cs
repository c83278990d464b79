using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Acquisition.Core;
using Acquisition.Viewer.Live;
using Acquisition.Viewer.Telling;
using Acquisition.Viewer.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Acquisition.Viewer;

/// <summary>Serves the viewer's page and what it shows. One server for all runs of a program, one run at a time.</summary>
/// <remarks>Pages hold at most <see cref="ViewerOptions.MemoryBudgetBytes"/> together. What they ask for is read and made on threads of low
/// priority; a run is never waited for, and never waits.</remarks>
public sealed class ViewerServer : IAsyncDisposable
{
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(2);

    private readonly WebApplication _web;
    private readonly ClientHall _hall;
    private readonly Guard _guard;
    private readonly PageFiles _page = new();
    private readonly DataFiles _data;
    private readonly MetricsText _metrics = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly Tokens? _tokens;

    private ViewerServer(WebApplication web, ViewerOptions options, ListenAddress address)
    {
        _web = web;
        if (options.RequiresToken || !address.IsLoopback)
            _tokens = new Tokens(options.ViewerToken ?? Tokens.MakeUp(), options.OperatorToken ?? Tokens.MakeUp());
        // Where a token is asked for, pages of other sites do not have it.
        _hall = new ClientHall(options.MemoryBudgetBytes, options.BytesPerSec, options.SendPatience) { DataSites = _tokens is null ? options.DataOrigins : [] };
        _guard = new Guard(address, _tokens);
        _data = new DataFiles(options.DataOrigins);
        web.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(15), KeepAliveTimeout = TimeSpan.FromSeconds(30) });
        web.Run(AnswerAsync);
    }

    /// <summary>What runs hand live volumes to.</summary>
    public IRunScreen Screen => _hall.Screen;

    /// <summary>The page's address without a token.</summary>
    public string Url { get; private set; } = "";

    /// <summary>The page's address for people who may stop the scan.</summary>
    public string OperatorUrl => _tokens is null ? Url : $"{Url}/?token={_tokens.Operator}";

    /// <summary>The page's address for people who may only look; <see langword="null"/> where no token is asked for.</summary>
    public string? ViewerUrl => _tokens is null ? null : $"{Url}/?token={_tokens.Viewer}";

    internal ClientHall Hall => _hall;

    /// <summary>Begins to listen.</summary>
    /// <exception cref="ViewerException">The address cannot be taken, or the certificate cannot be used.</exception>
    public static async Task<ViewerServer> StartAsync(ViewerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ListenAddress address = ListenAddress.Parse(options.Address);
        X509Certificate2? certificate = address.IsSecure ? Certificate(options) : null;
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.Services.AddLogging();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            // Four parts of a volume: with the usual 64 KiB a thread is woken for each 64 KiB.
            kestrel.Limits.MaxResponseBufferSize = 4 * LiveClient.PartBytes;
            kestrel.Limits.MaxConcurrentConnections = 4 * ClientHall.MostClients;
            kestrel.Limits.MaxConcurrentUpgradedConnections = ClientHall.MostClients;
            kestrel.Listen(address.Ip, address.Port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (certificate is not null) listen.UseHttps(certificate);
            });
        });

        var server = new ViewerServer(builder.Build(), options, address);
        try
        {
            await server._web.StartAsync().ConfigureAwait(false);
            server.Url = address.Url(server.Port);
            return server;
        }
        catch (Exception fault) when (fault is IOException or System.Net.Sockets.SocketException)
        {
            await server.DisposeAsync().ConfigureAwait(false);
            bool isTaken = fault.InnerException is AddressInUseException;
            throw new ViewerException(
                isTaken ? $"Port {address.Port} is taken by another program." : $"The viewer cannot listen on {options.Address}: {fault.Message}", fault)
            { IsPortTaken = isTaken };
        }
    }

    /// <summary>Shows this run from now on.</summary>
    public void Show(ViewedRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        _hall.Show(run);
    }

    /// <summary>Lets pages go and stops listening.</summary>
    public async ValueTask DisposeAsync()
    {
        await _hall.LookLastAsync().ConfigureAwait(false);
        await _ending.CancelAsync().ConfigureAwait(false);
        using var patience = new CancellationTokenSource(ClosePatience);
        try
        {
            await _web.StopAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Whoever is still being sent something is cut off.
        }

        await _web.DisposeAsync().ConfigureAwait(false);
        _metrics.Dispose();
        _hall.Dispose();
        _ending.Dispose();
    }

    private int Port => new Uri(_web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

    private async Task AnswerAsync(HttpContext context)
    {
        Role role = await _guard.ReceiveAsync(context).ConfigureAwait(false);
        if (role == Role.Stranger) return;
        HttpRequest request = context.Request;
        bool isData = request.Path.Value?.StartsWith(DataFiles.Prefix, StringComparison.Ordinal) == true;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && !(isData && HttpMethods.IsOptions(request.Method)))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = "GET, HEAD";
        }
        else if (isData)
        {
            await _data.AnswerAsync(context, _hall.Run?.Archive).ConfigureAwait(false);
        }
        else if (request.Path == "/live")
        {
            await LiveAsync(context, role == Role.Operator).ConfigureAwait(false);
        }
        else if (request.Path == "/api/status")
        {
            await TextAsync(context, "application/json", _hall.Run?.Status ?? Told.Json(new { Type = "status", State = RunState.Waiting })).ConfigureAwait(false);
        }
        else if (request.Path == "/metrics")
        {
            await TextAsync(context, MetricsText.ContentType, Encoding.UTF8.GetBytes(_metrics.Write())).ConfigureAwait(false);
        }
        else if (!await _page.TryAnswerAsync(context).ConfigureAwait(false))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }

    private async Task LiveAsync(HttpContext context, bool isOperator)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        if (!Guard.IsOwnPage(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false);
        await _hall.ServeAsync(socket, isOperator, _ending.Token).ConfigureAwait(false);
    }

    private static async Task TextAsync(HttpContext context, string type, byte[] text)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = text.Length;
        context.Response.Headers.CacheControl = "no-store";
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(text, context.RequestAborted).ConfigureAwait(false);
    }

    private static X509Certificate2 Certificate(ViewerOptions options)
    {
        if (options.CertificateFile is not { } path) throw new ViewerException("The viewer's address begins with https, and no certificate is given.");
        try
        {
            return X509CertificateLoader.LoadPkcs12FromFile(path, options.CertificatePassword);
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ViewerException($"The certificate '{path}' cannot be used: {fault.Message} Expected a PKCS #12 file with its key.", fault);
        }
    }

    /// <summary>Ctrl-C belongs to the run.</summary>
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
