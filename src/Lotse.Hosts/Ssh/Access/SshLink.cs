using Lotse.Hosts.Ssh.Access.Dialing;
using Renci.SshNet;

namespace Lotse.Hosts.Ssh.Access;

/// <summary>A connection to a host whose key was checked and where the user is logged in, with the connections it goes through.</summary>
public sealed class SshLink : IAsyncDisposable
{
    private readonly IReadOnlyList<IAsyncDisposable> way;

    /// <param name="client">The connection.</param>
    /// <param name="hostName">The name or address that was connected to.</param>
    /// <param name="port">The port that was connected to.</param>
    /// <param name="user">The user that is logged in.</param>
    /// <param name="way">What the connection goes through, the nearest to the host first; closed with it.</param>
    internal SshLink(
        SshClient client,
        string hostName,
        int port,
        string user,
        IReadOnlyList<IAsyncDisposable>? way = null
    )
    {
        Client = client;
        HostName = hostName;
        Port = port;
        User = user;
        this.way = way ?? [];
    }

    /// <summary>The connection.</summary>
    public SshClient Client { get; }

    /// <summary>The name or address that was connected to.</summary>
    public string HostName { get; }

    /// <summary>The port that was connected to.</summary>
    public int Port { get; }

    /// <summary>The user that is logged in.</summary>
    public string User { get; }

    /// <summary>Whether it leads straight to the host, through no other server and no command.</summary>
    internal bool IsDirect => way is [DirectPath];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        foreach (var part in way)
        {
            await part.DisposeAsync();
        }
    }
}
