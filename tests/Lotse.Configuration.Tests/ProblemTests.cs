namespace Lotse.Configuration.Tests;

/// <summary>What can be wrong in a file that is YAML: the exact sentence and place, and nothing beside it.</summary>
public sealed class ProblemTests
{
    /// <summary>Lines below a valid file of two lines.</summary>
    public static IEnumerable<TheoryDataRow<string, string>> Lines => Table.Read("keys");

    /// <summary>Lines below a service's name.</summary>
    public static IEnumerable<TheoryDataRow<string, string>> Servers => Table.Read("servers");

    [Theory]
    [MemberData(nameof(Lines))]
    public void EachProblemHasItsPlaceFactAndCure(string line, string expected) =>
        Assert.Equal([$"config/deploy.yml:{expected}"], Project.Problems($"{Project.Minimal}{line}\n"));

    [Theory]
    [MemberData(nameof(Servers))]
    public void EachProblemOfServersHasItsPlaceFactAndCure(string servers, string expected) =>
        Assert.Equal([$"config/deploy.yml:{expected}"], Project.Problems($"service: shop\n{servers}\n"));

    [Theory]
    [InlineData("servers: [local]", "1:1: service is missing. Name the service, like service: shop.")]
    [InlineData("servers: [local]\nservice: my shop", Wrong + "'my shop'" + Service)]
    [InlineData("servers: [local]\nservice: -shop", Wrong + "'-shop'" + Service)]
    public void TheServiceMustHaveAName(string text, string expected) =>
        Assert.Equal([$"config/deploy.yml:{expected}"], Project.Problems(text));

    [Fact]
    public void AValueThatSeveralRolesInheritIsReportedOnce() =>
        Assert.Single(
            Project.Problems(
                "service: shop\nservers: {web: [local], api: {hosts: [a], proxy: {app_port: 1}}}\nproxy: {host: a b}\n"
            )
        );

    [Fact]
    public void AllProblemsComeAtOnceInTheOrderOfTheFile() =>
        Assert.Equal(
            ["1:10", "2:11", "3:1", "5:5", "6:16"],
            Project
                .Problems(
                    "service: a b\nservers: [c d]\nfoo: 1\nproxy:\n    bar: 1\n    app_port:  x\nretain_containers: 3\n"
                )
                .Select(p => p.Split(' ')[0]["config/deploy.yml:".Length..].TrimEnd(':'))
        );

    [Fact]
    public void AConfigurationWithWarningsOnlyCanBeUsed()
    {
        using var project = new Project(Project.Minimal + "env: {clear: {A: b}, secret: [A]}\n").Write(
            ".kamal/secrets",
            "A=x"
        );

        var result = project.Read();

        Assert.Equal(Severity.Warning, Assert.Single(result.Problems).Severity);
        Assert.False(result.HasErrors);
        Assert.NotNull(result.Config);
    }

    private const string Wrong = "2:10 service: ";
    private const string Service =
        " is not a service's name. Use letters, digits, '-' and '_', beginning with a letter or digit.";
}
