using System.Net;
using System.Net.Sockets;
using Lotse.Execution.Ports;
using Lotse.Hosts.Ssh;
using Lotse.Hosts.Ssh.Access;
using Lotse.Hosts.Ssh.Access.Dialing;
using Lotse.Planning.Setup;

namespace Lotse.Hosts.Setup;

/// <summary>Logs in to servers over SSH, also to those without an engine.</summary>
/// <param name="settings">How servers are reached; the user in it does not matter.</param>
/// <param name="time">The clock.</param>
public sealed class SshServers(SshSettings settings, TimeProvider time) : IServerConnector
{
    private static readonly TimeSpan LookupLimit = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public async Task<IServerShell> ConnectAsync(string host, string user, CancellationToken cancellation)
    {
        var dialer = new SshDialer(settings with { Config = settings.Config with { User = user } }, time);
        // A user who is configured with the host is who deploys: there may be none of that name yet.
        var place = host[(host.LastIndexOf('@') + 1)..];
        var connection = new SshConnection(host, token => dialer.DialAsync(place, token), time);
        try
        {
            var link = await connection.ConnectAsync(cancellation);
            return new Shell(connection, link, time, await AddressesAsync(link, cancellation));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task<IReadOnlyList<string>> AddressesAsync(SshLink link, CancellationToken cancellation)
    {
        if (!link.IsDirect)
        {
            return [];
        }

        try
        {
            var found = await NameLookup.FindAsync(link.HostName, LookupLimit, time, cancellation);
            return [.. found.Where(a => !IPAddress.IsLoopback(a)).Select(a => a.ToString())];
        }
        catch (Exception unknown) when (unknown is SocketException or TimeoutException)
        {
            return [];
        }
    }

    private sealed class Shell(
        SshConnection connection,
        SshLink link,
        TimeProvider time,
        IReadOnlyList<string> addresses
    ) : IServerShell
    {
        private readonly List<SshStore> stores = [];
        private readonly ServerClock clock = new(time);

        public string Host => connection.Host;

        public string User => link.User;

        public string? Address => link.IsDirect ? link.HostName : null;

        public IReadOnlyList<string> KnownAddresses => addresses;

        public TimeSpan? ClockAhead => clock.Ahead;

        public IHostStore Store(string folder)
        {
            var store = new SshStore(connection, folder, clock, RootScript.Of);
            stores.Add(store);
            return store;
        }

        public Task<CommandResult> RunAsync(
            string action,
            string script,
            TimeSpan limit,
            CancellationToken cancellation
        ) => connection.RunAsync(action, ShellText.Script(script), null, limit, cancellation);

        public async ValueTask DisposeAsync()
        {
            await connection.DisposeAsync();
            stores.ForEach(s => s.Dispose());
        }
    }
}
