namespace Lotse.Testing.Servers;

/// <summary>
/// What a server sees of another one's TCP ports: <c>open</c>, <c>refused</c> or <c>silent</c>. On a slow machine an
/// open port looks silent, too: so what must be silent is tried between two others that must not be.
/// </summary>
/// <param name="from">The server that looks.</param>
/// <param name="address">The other one's address.</param>
/// <param name="lead">What leads in front of bash, such as a command that enters a container.</param>
public sealed class PortView(NestedServer from, string address, string lead = "")
{
    /// <summary>Some packets were answered, and nobody listened.</summary>
    public const string Refused = "refused";

    /// <summary>Somebody listened.</summary>
    public const string Open = "open";

    /// <summary>No packet was answered.</summary>
    public const string Silent = "silent";

    /// <summary>How a port answers.</summary>
    public async Task<string> TryAsync(int port, CancellationToken cancellationToken) =>
        Assert.Single(await TryAllAsync([port], cancellationToken));

    /// <summary>Fails unless a port is silent, and an open one is open right before and right after.</summary>
    public async Task AssertSilentAsync(int port, int open, CancellationToken cancellationToken)
    {
        var answers = await TryAllAsync([open, port, open], cancellationToken);
        Assert.Equal([(open, Open), (port, Silent), (open, Open)], answers.Zip([open, port, open], (a, p) => (p, a)));
    }

    // One after the other in a single script: nothing comes between.
    private async Task<string[]> TryAllAsync(int[] ports, CancellationToken cancellationToken)
    {
        var tries = ports.Select(port =>
            $"{lead} timeout 2 bash -c 'exec 3<>/dev/tcp/{address}/{port}' 2>/dev/null; "
            + $"case $? in 0) echo {Open} ;; 124) echo {Silent} ;; *) echo {Refused} ;; esac"
        );
        return (await from.ExecAsync(string.Join("; ", tries), cancellationToken)).Split('\n');
    }
}
