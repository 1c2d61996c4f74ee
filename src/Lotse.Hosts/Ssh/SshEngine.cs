using Docker.DotNet;

namespace Lotse.Hosts.Ssh;

/// <summary>A server's Engine API over SSH: each of the client's connections is a channel that runs <c>docker system dial-stdio</c>.</summary>
/// <param name="open">Starts a command on the server whose standard streams are a two-way stream.</param>
/// <param name="docker">The server's docker command.</param>
/// <param name="mostConnections">How many connections there may be at once; further requests wait.</param>
internal sealed class SshEngine(
    Func<string, string, CancellationToken, Task<Stream>> open,
    string docker,
    int mostConnections
) : Credentials
{
    private SocketsHttpHandler? handler;

    /// <summary>A client whose connections go through the server's SSH connection. Calls end by their cancellation, not by a time limit.</summary>
    public DockerClient CreateClient()
    {
        var configuration = new DockerClientConfiguration(
            new Uri("http://engine.invalid"),
            this,
            defaultTimeout: Timeout.InfiniteTimeSpan
        );
        return configuration.CreateClient();
    }

    /// <summary>A connection to the engine.</summary>
    public Task<Stream> OpenAsync(CancellationToken cancellation) =>
        open("reach the engine", $"{docker} system dial-stdio", cancellation);

    /// <inheritdoc/>
    public override HttpMessageHandler GetHandler(HttpMessageHandler innerHandler)
    {
        innerHandler.Dispose();
        return handler ??= new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) => await OpenAsync(cancellation),
            MaxConnectionsPerServer = mostConnections,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(10),
            UseProxy = false,
        };
    }

    /// <inheritdoc/>
    public override bool IsTlsCredentials() => false;

    /// <inheritdoc/>
    public override void Dispose()
    {
        handler?.Dispose();
        base.Dispose();
    }
}
