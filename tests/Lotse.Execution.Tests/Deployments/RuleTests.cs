using Lotse.Execution.Deployments;
using Lotse.Planning.Observed;

namespace Lotse.Execution.Tests.Deployments;

public sealed class RuleTests
{
    [Theory]
    [InlineData("amd64", "", "amd64", null)]
    [InlineData("amd64", "amd64 arm64", "amd64", null)]
    [InlineData("amd64", "", "", null)]
    [InlineData("", "arm64", "arm64", null)]
    [InlineData(
        "arm64",
        "",
        "amd64",
        "[web1] its processor is amd64, and the engine that builds makes images for arm64"
    )]
    [InlineData(
        "arm64",
        "amd64",
        "arm64",
        "builder.arch asks for amd64, and the engine that builds makes images for arm64"
    )]
    public void What_is_built_must_run_where_it_goes(string builder, string wanted, string host, string? problem)
    {
        var problems = ArchitectureRule.Judge(
            builder,
            [.. wanted.Split(' ', StringSplitOptions.RemoveEmptyEntries)],
            [new ObservedHost { Host = "web1", Architecture = host }]
        );

        Assert.Equal(problem is null ? 0 : 1, problems.Count);
        Assert.All(problems, p => Assert.StartsWith(problem!, p, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("5432:5432", 5432)]
    [InlineData("127.0.0.1:5433:5432", 5433)]
    [InlineData("[::1]:5433:5432/tcp", 5433)]
    [InlineData("53:53/udp", null)]
    [InlineData("8000-8010:8000-8010", null)]
    [InlineData("5432", null)]
    public void The_hosts_port_of_what_is_published(string published, int? port) =>
        Assert.Equal(port, PortRule.HostPort(published));
}
