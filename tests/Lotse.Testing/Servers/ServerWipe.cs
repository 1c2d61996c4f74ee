using Docker.DotNet;

namespace Lotse.Testing.Servers;

/// <summary>
/// Makes a server as it was when it started, but for the images on its engine; and says whether it is: a server that differs in what nobody thought of is not handed on.
/// </summary>
internal static class ServerWipe
{
    // What a deployer leaves, and what tests are known to change.
    private const string Wipe = """
        set -e
        docker ps --all --quiet | xargs --no-run-if-empty docker rm --force --volumes >/dev/null
        docker volume ls --quiet | xargs --no-run-if-empty docker volume rm --force >/dev/null
        docker network prune --force >/dev/null
        rm -rf /var/lib/lotse /etc/docker/certs.d /root/.docker
        """;

    // The engine of this machine writes those files of a server's that say who it is. Each container has a port of 127.0.0.11, where its own engine answers for names.
    private const string Describe = """
        set -e
        docker ps --all --quiet
        docker volume ls --quiet
        docker network ls --format '{{.Name}}' | sort
        ls -A /var/lib/lotse 2>/dev/null || true
        find /etc /root /home /usr/local -type f ! -name '*-' ! -path /etc/hosts ! -path /etc/hostname \
          ! -path /etc/resolv.conf -printf '%p %s %m\n' | sort | md5sum
        ss -Hltn | awk '{ print $4 }' | grep -v ^127.0.0.11: | sort
        """;

    /// <summary>An engine that hangs is not waited for any longer.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>What is on a server beside images, in a form that can be compared.</summary>
    public static Task<string> DescribeAsync(NestedServer server, CancellationToken cancellation) =>
        server.ExecAsync(Describe, cancellation);

    /// <summary>Wipes a server, whatever was done to it.</summary>
    /// <param name="server">The server.</param>
    /// <param name="before">What <see cref="DescribeAsync"/> said when it had started.</param>
    /// <returns>Null when it is as it was; else what is not.</returns>
    public static async Task<string?> TryAsync(NestedServer server, string before)
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        try
        {
            await server.ReviveAsync(limit.Token);
            await server.ExecAsync(Wipe, limit.Token);
            await server.ResetSshAsync(limit.Token);
            var now = await DescribeAsync(server, limit.Token);
            return now == before ? null : $"it was\n{before}\nand is\n{now}";
        }
        catch (OperationCanceledException)
        {
            return $"it does not answer within {Limit.TotalSeconds:0} s";
        }
        catch (Exception failure)
            when (failure is ServerUnavailableException or DockerApiException or HttpRequestException)
        {
            return failure.Message;
        }
    }
}
