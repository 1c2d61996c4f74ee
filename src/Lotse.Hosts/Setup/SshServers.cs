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
        var dialer = new SshDialer(settings with { Config = settings.Config with { User = user } });
        var connection = new SshConnection(host, await dialer.DialAsync(host, cancellation), time);
        var isDirect = settings.Config is { Proxy: null, ProxyCommand: null };
        return new Shell(connection, isDirect);
    }

    private sealed class Shell(SshConnection connection, bool isDirect) : IServerShell
    {
        public string Host => connection.Host;

        public string User => connection.User;

        public string? Address => isDirect ? connection.HostName : null;

        public Task<CommandResult> RunAsync(
            string action,
            string script,
            TimeSpan limit,
            CancellationToken cancellation
        ) => connection.RunAsync(action, ShellText.Script(script) + " </dev/null", null, limit, cancellation);

        public ValueTask DisposeAsync() => connection.DisposeAsync();
    }
}
