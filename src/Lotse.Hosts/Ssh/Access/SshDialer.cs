using System.Net.Sockets;
using Lotse.Execution.Ports;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace Lotse.Hosts.Ssh.Access;

/// <summary>Connects to hosts over SSH (RFC 4251 to 4254).</summary>
public sealed class SshDialer(SshSettings settings)
{
    /// <summary>Connects, checks the host's key and logs in.</summary>
    /// <exception cref="HostException">The host cannot be reached, is not the one it should be, or does not let the user in.</exception>
    public async Task<SshLink> DialAsync(string host, CancellationToken cancellation)
    {
        var keys = settings.Config.Keys.Select(k => Path.Combine(settings.ProjectFolder, k)).ToList();
        var sources = keys.Select(k => new PrivateKeyFile(k)).ToArray<IPrivateKeySource>();
        var (user, port) = (settings.Config.User, settings.Config.Port);
        var client = new SshClient(
            new ConnectionInfo(host, port, user, new PrivateKeyAuthenticationMethod(user, sources))
            {
                Timeout = settings.ConnectTimeout,
            }
        );
        client.HostKeyReceived += (_, key) => key.CanTrust = IsPinned(host, port, key);
        try
        {
            await client.ConnectAsync(cancellation);
        }
        catch (Exception failure) when (failure is SshException or SocketException)
        {
            client.Dispose();
            throw new HostException(
                HostFailure.Unreachable,
                host,
                $"connect to {user}@{host}:{port}",
                failure.Message,
                "Check the name, the port and the key.",
                failure
            );
        }

        return new SshLink(client, host, port, user);
    }

    private bool IsPinned(string host, int port, HostKeyEventArgs key)
    {
        var name = port == 22 ? host : $"[{host}]:{port}";
        var line = $"{name} {key.HostKeyName} {Convert.ToBase64String(key.HostKey)}";
        string[] files = [settings.PinsFile, Path.Combine(settings.Home, ".ssh", "known_hosts")];
        return files.Where(File.Exists).SelectMany(File.ReadLines).Contains(line);
    }
}
