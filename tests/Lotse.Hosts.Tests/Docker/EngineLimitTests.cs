using System.Net;
using System.Net.Sockets;
using Docker.DotNet;
using Lotse.Execution.Ports;
using Lotse.Hosts.Docker;
using Lotse.Hosts.Proxy;
using Lotse.Planning.Containers;
using Lotse.Planning.Steps;
using Microsoft.Extensions.Time.Testing;

namespace Lotse.Hosts.Tests.Docker;

/// <summary>An engine that takes connections and answers nothing: each call ends, in a time that suits it.</summary>
public sealed class EngineLimitTests : IDisposable
{
    private static readonly ContainerSpec Spec = new() { Name = "web", Image = "app:1" };

    /// <summary>In true time: a call that has no end fails, instead of keeping the tests.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private readonly FakeTimeProvider time = new();
    private readonly TcpListener silent = new(IPAddress.Loopback, 0);
    private readonly DockerClient client;
    private readonly DockerEngine engine;

    public EngineLimitTests()
    {
        silent.Start();
        var address = new Uri($"tcp://{silent.LocalEndpoint}");
        using var configuration = new DockerClientConfiguration(address, defaultTimeout: Timeout.InfiniteTimeSpan);
        client = configuration.CreateClient();
        engine = new DockerEngine("web1", client, time: time);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        client.Dispose();
        silent.Dispose();
    }

    public static TheoryData<string, int> Calls =>
        new()
        {
            { "inspect", 30 },
            { "list", 30 },
            { "info", 30 },
            { "image", 30 },
            { "watch", 30 },
            { "create", 60 },
            { "start", 60 },
            { "rename", 60 },
            { "network", 60 },
            { "log", 60 },
            { "stop", 5 + 30 },
            { "remove", 180 },
            { "exec", 7 },
            { "pull", 600 },
            { "push", 60 * 10 },
            { "load", 600 },
        };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_call_ends_when_its_time_is_over_and_not_before(string call, int seconds)
    {
        var calling = CallAsync(call, Token);
        time.Advance(TimeSpan.FromSeconds(seconds - 1));
        Assert.False(calling.IsCompleted);

        time.Advance(TimeSpan.FromSeconds(1));

        var failure = await Assert.ThrowsAsync<HostException>(() =>
            calling.WaitAsync(Soon, TimeProvider.System, Token)
        );
        Assert.Equal((HostFailure.Silent, "web1"), (failure.Failure, failure.Host));
        Assert.Contains($"the engine has not answered for {seconds} s", failure.Evidence, StringComparison.Ordinal);
        Assert.Contains("systemctl restart docker", failure.Cure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_gives_up_is_not_told_of_silence()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var calling = engine.InspectAsync("web", stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calling);
    }

    [Fact]
    public async Task The_proxy_has_a_short_time_for_each_command_on_top_of_what_the_command_waits_for()
    {
        var limits = new Dictionary<string, TimeSpan>();
        var recording = new DockerEngine(
            "web1",
            client,
            exec: (command, _) =>
            {
                limits[command.Words[1]] = command.Limit;
                return Task.FromResult(new CommandResult(2, "", "no"));
            }
        );
        var proxy = new LotseProxyDriver("web1", "lotse-proxy", recording, time);
        var route = new ProxyRoute
        {
            Service = "app",
            Port = 80,
            DeployTimeout = TimeSpan.FromSeconds(100),
        };
        Func<Task>[] commands =
        [
            () => proxy.ListAsync(Token),
            () => proxy.SwitchAsync("app", "id:80", Token),
            () => proxy.RevertAsync("app", "id:80", Token),
            () => proxy.AbortAsync("app", null, Token),
            () => proxy.RemoveAsync("app", Token),
            () => proxy.DrainAsync("app", null, TimeSpan.FromSeconds(30), Token),
            () => proxy.StageAsync(route, "id:80", Token),
        ];

        foreach (var command in commands)
        {
            await Assert.ThrowsAsync<HostException>(command);
        }

        Assert.Equal(
            ["abort 20", "drain 50", "list 20", "remove 20", "revert 20", "stage 120", "switch 20"],
            limits.Select(l => $"{l.Key} {l.Value.TotalSeconds}").Order(StringComparer.Ordinal)
        );
    }

    private Task CallAsync(string call, CancellationToken cancellation) =>
        call switch
        {
            "inspect" => engine.InspectAsync("web", cancellation),
            "list" => engine.ListContainersAsync(new Dictionary<string, string?>(), cancellation),
            "info" => engine.GetInfoAsync(cancellation),
            "image" => engine.HasImageAsync("app:1", cancellation),
            "watch" => engine.WatchAsync("web", cancellation),
            "create" => engine.CreateAsync(Spec, cancellation),
            "start" => engine.StartAsync("web", cancellation),
            "rename" => engine.RenameAsync("web", "old", cancellation),
            "network" => engine.RemoveNetworkAsync("net", cancellation),
            "log" => engine.TailLogsAsync("web", 5, cancellation),
            "stop" => engine.StopAsync("web", TimeSpan.FromSeconds(5), cancellation),
            "remove" => engine.RemoveAsync("web", cancellation),
            "exec" => engine.ExecAsync("web", ["true"], TimeSpan.FromSeconds(7), cancellation),
            "pull" => engine.PullAsync("reg/app@1", "app:1", null, null, cancellation),
            "push" => engine.PushAsync("app:1", "reg/app:1", null, null, cancellation),
            _ => engine.LoadAsync("app:1", (_, _) => Task.CompletedTask, cancellation),
        };
}
