using Lotse.Testing.Servers;
using Renci.SshNet;

namespace Lotse.Testing.Tests.Servers;

/// <summary>Logs in as a deployer does: with the fleet's key, trusting the fleet's host keys alone.</summary>
internal static class Login
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public static async Task<SshClient> ConnectAsync(
        ServerFleet fleet,
        NestedServer server,
        CancellationToken cancellation,
        TimeSpan? limit = null,
        int? port = null
    )
    {
        using var key = new PrivateKeyFile(fleet.KeyPath);
        var host = port is null ? server.Address : "127.0.0.1";
        var info = new PrivateKeyConnectionInfo(host, port ?? NestedServer.SshPort, ServerFleet.User, key)
        {
            Timeout = limit ?? Limit,
        };
        var client = new SshClient(info);
        client.HostKeyReceived += (_, offered) =>
            offered.CanTrust = server.HostKeys.Any(known =>
                known.Fingerprint == "SHA256:" + offered.FingerPrintSHA256.TrimEnd('=')
            );
        await client.ConnectAsync(cancellation);
        return client;
    }

    public static string Run(SshClient client, string script)
    {
        using var command = client.RunCommand(script);
        Assert.True(command.ExitStatus == 0, $"{script}: {command.ExitStatus}\n{command.Result}{command.Error}");
        return command.Result.TrimEnd('\n');
    }
}
