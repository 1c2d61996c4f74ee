using Lotse.Testing.Servers;

namespace Lotse.Servers.Tests;

/// <summary>A client on a server itself, which needs no network to reach it.</summary>
internal static class OwnClient
{
    private const string Ask =
        "bash -c 'exec 3<>/dev/tcp/127.0.0.1/80 && printf \"GET / HTTP/1.0\\r\\n\\r\\n\" >&3 && cat <&3' "
        + "| tr -d '\\r' | sed -n 's/^x-version: //Ip'";

    /// <summary>The version that answers; empty when none does.</summary>
    public static Task<string> VersionAsync(NestedServer server, CancellationToken cancellation) =>
        server.ExecAsync(Ask, cancellation);

    /// <summary>Waits until a version answers; after a power cut the containers take a moment.</summary>
    public static async Task AwaitVersionAsync(NestedServer server, CancellationToken cancellation)
    {
        while ((await VersionAsync(server, cancellation)).Length == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellation);
        }
    }
}
