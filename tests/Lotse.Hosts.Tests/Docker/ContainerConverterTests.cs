using System.Collections.Immutable;
using Docker.DotNet.Models;
using Lotse.Configuration;
using Lotse.Hosts.Docker;
using Lotse.Planning.Containers;
using ContainerSpec = Lotse.Planning.Containers.ContainerSpec;

namespace Lotse.Hosts.Tests.Docker;

public sealed class ContainerConverterTests
{
    private static readonly ContainerSpec Spec = new() { Name = "app-web-1", Image = "app:1" };

    [Fact]
    public void A_specification_becomes_the_engines_request()
    {
        var request = ContainerConverter.ToRequest(
            Spec with
            {
                Command = ["run", "--now"],
                Environment =
                [
                    new EnvironmentEntry("A", "1", null),
                    new EnvironmentEntry("B", null, new Lotse.Configuration.Secret("hidden")),
                ],
                Network = "kamal",
                NetworkAliases = ["db"],
                Volumes = ["data:/data"],
                PublishedPorts = ["8080:80", "127.0.0.1:53:53/udp", "[::1]:8081:80"],
                Restart = "on-failure:3",
                LogDriver = "json-file",
                LogOptions = ImmutableSortedDictionary<string, string>.Empty.Add("max-size", "10m"),
                HealthCheck = new ContainerHealthCheck("true", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), 3),
            }
        );
        Assert.Equal(["run", "--now"], request.Cmd);
        Assert.Equal(["A=1", "B=hidden"], request.Env);
        Assert.Equal("kamal", request.HostConfig.NetworkMode);
        Assert.Equal(["db"], request.NetworkingConfig.EndpointsConfig["kamal"].Aliases);
        Assert.Equal(["data:/data"], request.HostConfig.Binds);
        Assert.Equal(["8080", "8081"], request.HostConfig.PortBindings["80/tcp"].Select(b => b.HostPort));
        Assert.Equal(["", "::1"], request.HostConfig.PortBindings["80/tcp"].Select(b => b.HostIP));
        Assert.Equal("127.0.0.1", request.HostConfig.PortBindings["53/udp"].Single().HostIP);
        Assert.Equal(
            (RestartPolicyKind.OnFailure, 3),
            (request.HostConfig.RestartPolicy.Name, request.HostConfig.RestartPolicy.MaximumRetryCount)
        );
        Assert.Equal("10m", request.HostConfig.LogConfig.Config["max-size"]);
        Assert.Equal(["CMD-SHELL", "true"], request.Healthcheck.Test);
    }

    [Fact]
    public void Options_reach_the_engine_as_docker_run_would_send_them()
    {
        var options = ImmutableSortedDictionary<string, ImmutableArray<string>>
            .Empty.Add("memory", ["64m"])
            .Add("cpus", ["0.5"])
            .Add("init", [""])
            .Add("cap-add", ["NET_ADMIN", "SYS_TIME"])
            .Add("tmpfs", ["/run:size=1m"])
            .Add("user", ["1000"]);
        Assert.Empty(ContainerOptions.Problems(options));
        var request = ContainerConverter.ToRequest(Spec with { Options = options });
        Assert.Equal(64L << 20, request.HostConfig.Memory);
        Assert.Equal(500_000_000, request.HostConfig.NanoCPUs);
        Assert.True(request.HostConfig.Init);
        Assert.Equal(["NET_ADMIN", "SYS_TIME"], request.HostConfig.CapAdd);
        Assert.Equal("size=1m", request.HostConfig.Tmpfs["/run"]);
        Assert.Equal("1000", request.User);
    }

    [Theory]
    [InlineData("app", "app", "latest")]
    [InlineData("app:1", "app", "1")]
    [InlineData("127.0.0.1:5000/app", "127.0.0.1:5000/app", "latest")]
    [InlineData("127.0.0.1:5000/team/app:1.2", "127.0.0.1:5000/team/app", "1.2")]
    public void A_ports_colon_is_none_of_a_tag(string name, string repository, string tag) =>
        Assert.Equal((repository, tag), ImageNames.Split(name));
}
