using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Lotse.Registry.Http;
using Lotse.Registry.Storage;
using Lotse.Registry.Transfers;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Lotse.Registry;

/// <summary>
/// An OCI registry (distribution spec 1.1, push and pull, Docker schema 2 and OCI manifests) in this process, on
/// 127.0.0.1 over plain HTTP, without authentication: every user of this machine can reach it. Requests whose Host is
/// not a loopback name, and requests from web pages, are refused.
/// </summary>
public sealed class RegistryServer : IAsyncDisposable
{
    private readonly KestrelServer _kestrel;
    private readonly PushedContent _pushed;
    private readonly SemaphoreSlim _opening = new(1);
    private KestrelServer? _view;
    private readonly UploadSessions _uploads;
    private readonly TransferMeter _meter;
    private readonly RegistryOptions _options;

    private RegistryServer(
        RegistryStore store,
        UploadSessions uploads,
        TransferMeter meter,
        PushedContent pushed,
        KestrelServer kestrel,
        RegistryOptions options
    )
    {
        Store = store;
        _uploads = uploads;
        _meter = meter;
        _pushed = pushed;
        _kestrel = kestrel;
        _options = options;
        Endpoint = EndpointOf(kestrel);
    }

    /// <summary>Where the registry listens: 127.0.0.1 and the preferred port, or an ephemeral one.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>The store that is served.</summary>
    public RegistryStore Store { get; }

    /// <summary>What moved so far.</summary>
    public TransferTotals Totals => _meter.Totals;

    /// <summary>Opens the store and serves it until disposed.</summary>
    /// <exception cref="RegistryException">
    /// The store cannot be opened, see <see cref="RegistryStore.Open"/>.
    /// </exception>
    public static async Task<RegistryServer> StartAsync(
        RegistryOptions options,
        CancellationToken cancellation = default
    )
    {
        var store = RegistryStore.Open(options.Directory, options.TimeProvider);
        var meter = new TransferMeter(options.Progress);
        var uploads = new UploadSessions(store.Temporary, meter, options.TimeProvider, options.UploadIdleTimeout);
        var pushed = new PushedContent(store.Manifests);
        var handler = new RegistryHandler(store, uploads, meter, pushed, options.Failures);
        var application = new RegistryApplication(handler);
        var kestrel =
            await TryListenAsync(application, options.PreferredPort ?? 0, cancellation)
            ?? await TryListenAsync(application, 0, cancellation)
            ?? throw NoPort();
        return new RegistryServer(store, uploads, meter, pushed, kestrel, options);
    }

    /// <summary>
    /// Serves what was and will be pushed through this server, and nothing else of the store, at a second port that takes nothing: for others than this machine's
    /// own users.
    /// </summary>
    /// <returns>Where it listens, the same each time.</returns>
    /// <exception cref="RegistryException">No port is free.</exception>
    public async Task<IPEndPoint> ServePushedAsync(CancellationToken cancellation = default)
    {
        await _opening.WaitAsync(cancellation);
        try
        {
            var guard = new PushedGuard(_pushed, Store.Manifests);
            var handler = new RegistryHandler(Store, _uploads, _meter, _pushed, _options.Failures, guard);
            _view ??= await TryListenAsync(new RegistryApplication(handler), 0, cancellation) ?? throw NoPort();
            return EndpointOf(_view);
        }
        finally
        {
            _opening.Release();
        }
    }

    private static RegistryException NoPort() =>
        new(
            RegistryFault.Unexpected,
            "No port on 127.0.0.1 is free for the registry. See whether this machine has used up its ports."
        );

    /// <summary>
    /// Stops listening, gives requests in flight <see cref="RegistryOptions.StopTimeout"/> to end, and drops
    /// unfinished uploads.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(_options.StopTimeout, _options.TimeProvider);
        await Task.WhenAll(_kestrel.StopAsync(limit.Token), _view?.StopAsync(limit.Token) ?? Task.CompletedTask);
        _kestrel.Dispose();
        _view?.Dispose();
        _opening.Dispose();
        _uploads.Dispose();
    }

    // Kestrel alone, without a host around it: nothing here needs configuration, services or logging, and a host
    // would double the time to start.
    private static async Task<KestrelServer?> TryListenAsync(
        RegistryApplication application,
        int port,
        CancellationToken cancellation
    )
    {
        var settings = new KestrelServerOptions { AddServerHeader = false };
        settings.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1);
        settings.Limits.MaxRequestBodySize = null;
        // A pull through a slow tunnel may stall for long; only its owner knows when that is too long.
        settings.Limits.MinRequestBodyDataRate = null;
        settings.Limits.MinResponseDataRate = null;
        var logging = NullLoggerFactory.Instance;
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), logging);
        var kestrel = new KestrelServer(Options.Create(settings), transport, logging);
        try
        {
            await kestrel.StartAsync(application, cancellation);
            return kestrel;
        }
        catch (Exception error) when (IsPortRefused(error))
        {
            kestrel.Dispose();
            return null;
        }
    }

    private static bool IsPortRefused(Exception error) =>
        error is IOException { InnerException: AddressInUseException }
        || error is SocketException { SocketErrorCode: SocketError.AccessDenied or SocketError.AddressAlreadyInUse };

    private static IPEndPoint EndpointOf(KestrelServer kestrel)
    {
        // "http://127.0.0.1:port". Loading a URI parser for it would take a fifth of the time to start.
        var address = kestrel.Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        var port = address.AsSpan(address.LastIndexOf(':') + 1);
        return new IPEndPoint(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture));
    }
}
