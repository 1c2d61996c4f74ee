namespace Lotse.Configuration.Tests;

/// <summary>What is correct but not acted upon yet is never passed over in silence.</summary>
public sealed class SupportTests
{
    /// <summary>Lines below a valid file.</summary>
    public static IEnumerable<TheoryDataRow<string, string>> Unsupported => Table.Read("support");

    [Theory]
    [MemberData(nameof(Unsupported))]
    public void AKeyThatNothingActsOnIsListed(string lines, string expected)
    {
        using var project = new Project($"{Project.Minimal}{lines}\n");

        var result = project.Read();

        Assert.Empty(result.Problems);
        Assert.Equal([expected], result.NotYetSupported.Select(p => $"{p.Severity} {p}"));
    }

    [Theory]
    [InlineData("proxy: {ssl: false, host: a}")]
    [InlineData("registry: {server: localhost:5000}")]
    [InlineData("image: a\nregistry: {server: r, username: a, password: b}")]
    [InlineData("builder: {local: true}")]
    [InlineData("ssh: {forward_agent: false}")]
    [InlineData("accessories: {db: {image: a, host: local, proxy: false, directories: ['a:/b']}}")]
    public void AValueThatAsksForNothingIsNot(string lines)
    {
        using var project = new Project($"{Project.Minimal}{lines}\n");

        Assert.Empty(project.Read().ForDeploy());
    }

    [Fact]
    public void RolesThatWantHttpsOrAProxyOfTheirOwnAreListed()
    {
        using var project = new Project(
            """
            service: shop
            servers:
              web: {hosts: [local], proxy: {host: a, ssl: true, run: {http_port: 81}}}
              api: {hosts: [local], proxy: {host: b, run: {http_port: 82}}}
            """
        );

        Assert.Equal(
            [
                "config/deploy.yml:3:42 servers.web.proxy.ssl: HTTPS is not supported yet. Remove it, and end HTTPS "
                    + "before the proxy.",
                "config/deploy.yml:4:42 servers.api.proxy.run: only the primary role can say how the proxy runs "
                    + "yet. Move it to the proxy at the top level.",
            ],
            project.Read().NotYetSupported.Select(p => p.ToString())
        );
    }

    [Fact]
    public void TheyComeInTheOrderOfTheFiles()
    {
        using var project = new Project(
            "service: shop\nservers: [local]\nssh: {user: a}\nsshkit: {dns_retries: 1}\n"
        ).Write("config/deploy.x.yml", "aliases: {a: b}\n");

        Assert.Equal(["sshkit.dns_retries", "aliases"], project.Read("x").NotYetSupported.Select(p => p.Path));
    }
}
