using Docker.DotNet;

namespace Lotse.Hosts.Ssh;

/// <summary>A server's Engine API over SSH: each of the client's connections is a channel that runs <c>docker system dial-stdio</c>.</summary>
internal sealed class SshEngine(SshConnection connection, string docker) : Credentials
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

    /// <inheritdoc/>
    public override HttpMessageHandler GetHandler(HttpMessageHandler innerHandler)
    {
        innerHandler.Dispose();
        return handler ??= new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
                await connection.OpenStreamAsync("reach the engine", $"{docker} system dial-stdio", cancellation),
            // Two of the channels that are there for streams are left to shells that wait for commands.
            MaxConnectionsPerServer = 5,
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
