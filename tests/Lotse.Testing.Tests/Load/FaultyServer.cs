using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Lotse.Testing.Tests.Load;

/// <summary>Answers as Lotse.TestApp does, except for every nth request, which it treats badly and counts.</summary>
internal sealed class FaultyServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Func<HttpContext, Task> _fault;
    private readonly int _every;
    private readonly TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _requests;
    private int _faults;

    private FaultyServer(Func<HttpContext, Task> fault, int every)
    {
        _fault = fault;
        _every = every;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Run(AnswerAsync);
    }

    public const int FaultsWaitedFor = 3;

    public string Version { get; set; } = "v1";

    public int Requests => _requests;

    public int Faults => _faults;

    /// <summary>Completes when enough requests were treated badly.</summary>
    public Task Enough => _enough.Task;

    public Uri Address =>
        new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static Task<FaultyServer> StartGoodAsync(CancellationToken cancellationToken) =>
        StartAsync(_ => Task.CompletedTask, int.MaxValue, cancellationToken);

    public static async Task<FaultyServer> StartAsync(
        Func<HttpContext, Task> fault,
        int every,
        CancellationToken cancellationToken
    )
    {
        var server = new FaultyServer(fault, every);
        await server._app.StartAsync(cancellationToken);
        return server;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        context.Response.Headers["X-Version"] = Version;
        if (Interlocked.Increment(ref _requests) % _every == 0)
        {
            if (Interlocked.Increment(ref _faults) == FaultsWaitedFor)
            {
                _enough.SetResult();
            }

            await _fault(context);
        }
        else if (context.WebSockets.IsWebSocketRequest)
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await EchoAsync(socket);
        }
        else
        {
            await context.Response.WriteAsync($"version {Version}\n", context.RequestAborted);
        }
    }

    private static async Task EchoAsync(WebSocket socket)
    {
        var buffer = new byte[4096];
        var message = await socket.ReceiveAsync(buffer, CancellationToken.None);
        while (message.MessageType != WebSocketMessageType.Close)
        {
            await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, true, default);
            message = await socket.ReceiveAsync(buffer, CancellationToken.None);
        }

        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }
}
