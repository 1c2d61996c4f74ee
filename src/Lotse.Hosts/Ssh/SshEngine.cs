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
            // sshd allows ten channels a connection (MaxSessions, sshd_config(5)): commands and the link's own probe need theirs.
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
