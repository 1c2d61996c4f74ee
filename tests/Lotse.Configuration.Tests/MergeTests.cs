namespace Lotse.Configuration.Tests;

/// <summary>A destination's overlay over the shared file.</summary>
public sealed class MergeTests
{
    private const string Base = """
        service: shop
        servers: {web: [192.0.2.1, 192.0.2.2], jobs: [192.0.2.3]}
        env: {clear: {A: base, B: base}}
        volumes: [a:/a, b:/b]
        deploy_timeout: 10
        proxy: {app_port: 3000, healthcheck: {path: /ready, interval: 2}}
        """;

    [Fact]
    public void MapsAreMergedAndAllElseIsReplaced()
    {
        using var project = new Project(Base).Write(
            "config/deploy.staging.yml",
            """
            servers: {web: [local]}
            env: {clear: {B: staging, C: staging}}
            volumes: [c:/c]
            deploy_timeout: 20
            proxy: {healthcheck: {interval: 3}}
            """
        );

        var config = project.Read("staging").Config!;

        Assert.Equal("staging", config.Destination);
        Assert.Equal(["jobs: 192.0.2.3", "web: local"], config.Roles.Select(r => $"{r.Name}: {r.Hosts[0].Name}"));
        Assert.Single(config.Roles[1].Hosts);
        Assert.Equal(["A=base", "B=staging", "C=staging"], config.Env.Clear.Select(v => $"{v.Name}={v.Value}"));
        Assert.Equal(["c:/c"], config.Volumes);
        Assert.Equal(20, config.DeployTimeout.Seconds);
        Assert.Equal(
            (3000, "/ready", 3),
            (config.Proxy.AppPort, config.Proxy.HealthCheck.Path, config.Proxy.HealthCheck.Interval.Seconds)
        );
    }

    [Fact]
    public void AMapReplacesAListAndNothingReplacesAMap()
    {
        using var project = new Project(Base).Write(
            "config/deploy.staging.yml",
            "servers: {web: {hosts: [local]}}\nenv:\n"
        );

        Assert.Equal(
            [
                "config/deploy.staging.yml:2:5 env: expected a map of variables, found nothing. Write \"name: value\" "
                    + "lines below the key, indented.",
            ],
            project.Read("staging").Problems.Select(p => p.ToString())
        );
    }

    [Fact]
    public void ProblemsAreReportedInTheFileWhereTheValueStands()
    {
        using var project = new Project("service: my shop\nservers: [local]\nproxy: {app_port: x}\n").Write(
            "config/deploy.staging.yml",
            "proxy:\n  app_prot: 1\n  response_timeout: never\n"
        );

        Assert.Equal(
            [
                "config/deploy.yml:1:10 service",
                "config/deploy.yml:3:19 proxy.app_port",
                "config/deploy.staging.yml:2:3 proxy.app_prot",
                "config/deploy.staging.yml:3:21 proxy.response_timeout",
            ],
            project.Read("staging").Problems.Select(p => $"{p.File}:{p.Line}:{p.Column} {p.Path}")
        );
    }

    [Fact]
    public void BothFilesAreReadEvenIfBothAreBroken()
    {
        using var project = new Project("a: 'x").Write("config/deploy.staging.yml", "b: @y");

        Assert.Equal(
            ["config/deploy.yml", "config/deploy.staging.yml"],
            project.Read("staging").Problems.Select(p => p.File)
        );
    }

    [Fact]
    public void AnOverlayMayBeEmpty()
    {
        using var project = new Project(Project.Minimal).Write("config/deploy.staging.yml", "# nothing else\n");

        Assert.Empty(project.Read("staging").Problems);
    }

    [Theory]
    [InlineData("stagin", "Did you mean staging?")]
    [InlineData("qa", "Create it (it may be empty), or choose one of local, staging.")]
    public void AnUnknownDestinationNamesTheKnownOnes(string destination, string cure)
    {
        using var project = new Project(Project.Minimal)
            .Write("config/deploy.staging.yml", "")
            .Write("config/deploy.local.yml", "")
            .Write("config/deployed.yml", "");

        var result = project.Read(destination);

        Assert.Null(result.Config);
        Assert.Equal(["local", "staging"], result.Destinations);
        Assert.Equal(
            [$"config/deploy.{destination}.yml: there is no such file for the destination '{destination}'. {cure}"],
            result.Problems.Select(p => p.ToString())
        );
    }

    [Fact]
    public void ADestinationIsNoPath()
    {
        using var project = new Project(Project.Minimal);

        Assert.Equal(
            ["config/deploy.yml: '../x' cannot be a destination's name. Use letters, digits, '.', '_' and '-'."],
            project.Read("../x").Problems.Select(p => p.ToString())
        );
    }

    [Fact]
    public void AMissingFileIsAProblem()
    {
        using var project = new Project();

        Assert.Equal(
            ["config/deploy.yml: there is no such file. Create it, with service and servers at least."],
            project.Read().Problems.Select(p => p.ToString())
        );
    }

    [Fact]
    public void AnotherConfigurationFileHasItsOwnOverlays()
    {
        using var project = new Project()
            .Write("other/app.yaml", Project.Minimal)
            .Write("other/app.qa.yml", "image: from-qa");

        var result = ConfigReader.Read(
            new ConfigRequest
            {
                RootDirectory = project.Root,
                Destination = "qa",
                ConfigFile = "other/app.yaml",
                Environment = project.Environment,
                RunCommand = project.Shell.Invoke,
            }
        );

        Assert.Equal("from-qa", result.Config!.Image);
        Assert.Equal(["qa"], result.Destinations);
    }

    [Fact]
    public void ARequiredDestinationMustBeGiven()
    {
        using var project = new Project("service: shop\nrequire_destination: true\n").Write(
            "config/deploy.local.yml",
            ""
        );

        Assert.Equal(
            ["config/deploy.yml:2:1 require_destination: no destination is given. Choose one of local."],
            project.Read().Problems.Select(p => p.ToString())
        );
    }
}
