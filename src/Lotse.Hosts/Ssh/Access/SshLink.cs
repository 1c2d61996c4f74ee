using Renci.SshNet;

namespace Lotse.Hosts.Ssh.Access;

/// <summary>A connection to a host whose key was checked and where the user is logged in, with the connections it goes through.</summary>
public sealed class SshLink(SshClient client, string hostName, int port, string user) : IAsyncDisposable
{
    /// <summary>The connection.</summary>
    public SshClient Client => client;

    /// <summary>The name or address that was connected to.</summary>
    public string HostName => hostName;

    /// <summary>The port that was connected to.</summary>
    public int Port => port;

    /// <summary>The user that is logged in.</summary>
    public string User => user;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }
}
