using Lotse.Testing.Servers;

namespace Lotse.Servers.Tests.Workflows;

public sealed partial class StagingJob
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private bool isPrepared;

    /// <summary>Has staging serve what the team has committed, by a person's command; made once, unless it is taken away.</summary>
    /// <param name="servers">How many servers staging has.</param>
    /// <param name="settings">What its configuration says beside them, in YAML.</param>
    internal async Task ServeAsync(int servers, Func<string> settings)
    {
        if (!isPrepared)
        {
            await PrepareAsync(servers);
            await ConfigureAsync(settings());
            await CommitAsync("Deploy with our own key");
            isPrepared = true;
        }

        if (!IsServing)
        {
            var deployed = await BuildAsync("DeployStaging");
            Assert.True(deployed.ExitCode == 0, deployed.Text);
            IsServing = true;
        }
    }

    /// <summary>Whether all servers serve one version; a test that is about to change that says so, and when it is so again.</summary>
    internal bool IsServing { get; set; }

    /// <summary>Waits until a server serves again whose power was off.</summary>
    internal static async Task WaitUntilServingAsync(NestedServer server)
    {
        using var client = new HttpClient();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Limit);
        while (!await ServesAsync(client, server, limit.Token))
        {
            await Task.Delay(Pause, TimeProvider.System, limit.Token);
        }
    }

    /// <summary>Before its engine has started the proxy, nothing listens there.</summary>
    private static async Task<bool> ServesAsync(HttpClient client, NestedServer server, CancellationToken cancellation)
    {
        try
        {
            using var answer = await client.GetAsync(FleetWorld.AddressOf(server), cancellation);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>The version that a server serves; fails when it serves none.</summary>
    internal static async Task<string> ServedAsync(NestedServer server)
    {
        using var client = new HttpClient();
        using var answer = await client.GetAsync(FleetWorld.AddressOf(server), Token);
        Assert.True(answer.IsSuccessStatusCode, $"The service on {server.Address} answers {answer.StatusCode}.");
        return answer.Headers.GetValues("X-Version").Single();
    }

    /// <summary>The running containers of the application on a server.</summary>
    internal async Task<string[]> RunningAsync(NestedServer server)
    {
        var names = await server.ExecAsync("docker ps --format '{{.Names}}'", Token);
        return [.. names.Split('\n').Where(n => n.StartsWith($"{Service}-web-", StringComparison.Ordinal))];
    }

    /// <summary>Fails unless each server has had a lease, and nobody holds it.</summary>
    internal async Task AssertNoLeaseAsync()
    {
        foreach (var server in World.Servers)
        {
            var lease = await ReadStoreAsync(server, "lease.json");
            Assert.Contains("\"released\":true", lease, StringComparison.OrdinalIgnoreCase);
        }
    }

    /// <summary>A file of those that a deploy keeps on a server for the next one; empty when it is not there.</summary>
    internal Task<string> ReadStoreAsync(NestedServer server, string file) =>
        server.ExecAsync($"find / -xdev -path '*{Service}*' -name {file} -exec cat {{}} +", Token);

    /// <summary>Fails if a program that a deploy must not need is on the path of the team's commands.</summary>
    internal async Task AssertLacksProgramsAsync()
    {
        Assert.True(File.Exists(Path.Combine(Programs, "git")), "The path lacks more than it should.");
        var found = await RunAsync("bash", "-c", $"type -P {string.Join(' ', DeployPrograms.Forbidden)}");
        Assert.Equal((1, ""), (found.ExitCode, found.Text));
    }
}
