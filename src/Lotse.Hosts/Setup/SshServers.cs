using Lotse.Execution.Ports;
using Lotse.Hosts.Ssh;
using Lotse.Hosts.Ssh.Access;

namespace Lotse.Hosts.Setup;

/// <summary>Logs in to servers over SSH, also to those without an engine.</summary>
/// <param name="settings">How servers are reached; the user in it does not matter.</param>
/// <param name="time">The clock.</param>
public sealed class SshServers(SshSettings settings, TimeProvider time) : IServerConnector
{
    /// <inheritdoc/>
    public async Task<IServerShell> ConnectAsync(string host, string user, CancellationToken cancellation)
    {
        var dialer = new SshDialer(settings with { Config = settings.Config with { User = user } }, time);
        var connection = new SshConnection(host, token => dialer.DialAsync(host, token), time);
        try
        {
            var isDirect = settings.Config is { Proxy: null, ProxyCommand: null };
            return new Shell(connection, await connection.ConnectAsync(cancellation), isDirect);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private sealed class Shell(SshConnection connection, SshLink link, bool isDirect) : IServerShell
    {
        public string Host => connection.Host;

        public string User => link.User;

        public string? Address => isDirect ? link.HostName : null;

        public Task<CommandResult> RunAsync(
            string action,
            string script,
            TimeSpan limit,
            CancellationToken cancellation
        ) => connection.RunAsync(action, ShellText.Script(script), null, limit, cancellation);

        public ValueTask DisposeAsync() => connection.DisposeAsync();
    }
}
