namespace Lotse.Configuration.Tests;

/// <summary>The sample application's own configuration, as it is committed.</summary>
public sealed class SampleTests
{
    [Fact]
    public void LocallyEverythingRunsOnThisMachineAndNothingNeedsToBeGiven()
    {
        var result = Read("local", []);
        var config = result.Config!;

        Assert.Empty(result.ForDeploy());
        Assert.Equal(["local", "production", "staging"], result.Destinations);
        Assert.Equal(["POSTGRES_PASSWORD"], config.GeneratedSecrets);
        Assert.All(config.AllHosts, h => Assert.True(h.IsLocal));
        Assert.Equal(("gocatest", "gocatest", 80), (config.Service, config.Image, config.ProxyRun.HttpPort));
        Assert.Equal((3000, "/up"), (config.Primary!.Proxy!.AppPort, config.Primary.Proxy.HealthCheck.Path));
        Assert.Equal("artifacts/gocatest", config.Builder.Context);
    }

    [Fact]
    public void TheApplicationAndItsDatabaseShareOnePassword()
    {
        var config = Read("local", []).Config!;
        config = config.WithSecrets(new Dictionary<string, Secret> { ["POSTGRES_PASSWORD"] = new("generated") });

        var app = config.EnvironmentOf(config.Primary!, config.Primary!.Hosts[0]);
        var database = config.EnvironmentOf(config.Accessories[0]);

        Assert.Equal(config.Accessories[0].Service, app.Single(v => v.Name == "POSTGRES_HOST").Clear);
        foreach (var name in new[] { "POSTGRES_DB", "POSTGRES_USER", "POSTGRES_PASSWORD" })
        {
            Assert.Equal(app.Single(v => v.Name == name), database.Single(v => v.Name == name));
        }
    }

    [Theory]
    [InlineData("staging")]
    [InlineData("production")]
    public void ServersTakeThePasswordFromTheEnvironment(string destination)
    {
        var given = Read(destination, new() { ["POSTGRES_PASSWORD"] = "given" });
        var missing = Read(destination, []);

        Assert.Empty(given.Problems);
        Assert.Empty(given.NotYetSupported);
        Assert.Equal("given", given.Config!.SecretOf("POSTGRES_PASSWORD").Unwrap());
        Assert.Equal("POSTGRES_PASSWORD", Assert.Single(missing.Problems).Path);
    }

    [Fact]
    public void WithoutADestinationThePersonIsAskedForOne() =>
        Assert.Equal(
            [
                "config/deploy.yml:7:1 require_destination: no destination is given. Choose one of local, production, "
                    + "staging.",
            ],
            Read(null, []).Problems.Select(p => p.ToString())
        );

    [Fact]
    public void TheCommittedSecretsFileHoldsReferencesOnly()
    {
        var lines = File.ReadLines(Path.Combine(RepositoryFiles.Root(), ".kamal/secrets-common"));

        Assert.All(lines.Where(l => l.Length > 0 && l[0] != '#'), l => Assert.Matches(@"^[A-Z_]+=\$[A-Z_(]", l));
    }

    private static ConfigResult Read(string? destination, Dictionary<string, string> environment) =>
        ConfigReader.Read(
            new ConfigRequest
            {
                RootDirectory = RepositoryFiles.Root(),
                Destination = destination,
                Environment = environment,
                RunCommand = c => new ShellResult(127, "", c),
            }
        );
}
