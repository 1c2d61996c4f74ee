namespace Lotse.Configuration.Tests;

/// <summary>Secrets files: which are read, what their lines mean, and what is said when a secret is missing.</summary>
public sealed class SecretsTests
{
    /// <summary>Secrets files with one problem.</summary>
    public static IEnumerable<TheoryDataRow<string, string>> Problems => Table.Read("secrets");

    [Theory]
    [InlineData("A=plain", "plain")]
    [InlineData("A = spaced  # comment", "spaced")]
    [InlineData("export A=exported", "exported")]
    [InlineData("A: colon", "colon")]
    [InlineData("A=", "")]
    [InlineData("# A=no\n\n  A=indented", "indented")]
    [InlineData("A=first\nA=second", "second")]
    [InlineData("A='single $HOME \\n # $(x)'", "single $HOME \\n # $(x)")]
    [InlineData("A=\"double # ok\" # comment", "double # ok")]
    [InlineData("A=\"say \\\"hi\\\"\"", "say \"hi\"")]
    [InlineData("A=\"two\nlines\"\nB=x", "two\nlines")]
    [InlineData("A='two\nlines'", "two\nlines")]
    [InlineData("A=\\$HOME", "$HOME")]
    [InlineData("A=\\$(echo x)", "$(echo x)")]
    [InlineData("A=$HOME/x", "/home/me/x")]
    [InlineData("A=${HOME}x", "/home/mex")]
    [InlineData("A=\"${HOME}\"", "/home/me")]
    [InlineData("B=b\nA=$B-$B", "b-b")]
    [InlineData("HOME=other\nA=$HOME", "other")]
    [InlineData("A=$HOME\nHOME=later", "/home/me")]
    [InlineData("A=old\nA=$A-new", "old-new")]
    [InlineData("A=costs 5$", "costs 5$")]
    [InlineData("A=$5", "$5")]
    [InlineData("A=tail\r\nB=x\r\n", "tail")]
    public void LinesAreReadAsDotenvDoes(string text, string expected)
    {
        using var project = Project.WithSecret("A").Write(".kamal/secrets", text);
        project.Environment["HOME"] = "/home/me";

        Assert.Equal(expected, Single(project, "A"));
        Assert.Empty(project.Commands);
    }

    [Fact]
    public void NothingIsReadWhenSecretsAreNotNeeded()
    {
        using var project = Project.WithSecret("A");

        Assert.Empty(project.Read(readsSecrets: false).Problems);
    }

    [Theory]
    [InlineData(null, "common plain")]
    [InlineData("staging", "common staging")]
    public void TheCommonFileIsReadFirstAndThenTheDestinations(string? destination, string expected)
    {
        using var project = new Project(Project.Minimal + "env: {secret: [A, B]}\n")
            .Write("config/deploy.staging.yml", "")
            .Write(".kamal/secrets-common", "A=common\nB=common")
            .Write(".kamal/secrets", "B=plain")
            .Write(".kamal/secrets.staging", "B=staging");

        var config = project.Read(destination).Config!;

        Assert.Equal(expected, $"{config.SecretOf("A").Unwrap()} {config.SecretOf("B").Unwrap()}");
    }

    [Fact]
    public void AnotherSecretsPath()
    {
        using var project = new Project(Project.Minimal + "secrets_path: other/keys\nenv: {secret: [A]}\n").Write(
            "other/keys",
            "A=x"
        );

        Assert.Equal("x", Single(project, "A"));
    }

    [Fact]
    public void AMissingSecretNamesTheFilesAndTheCure()
    {
        using var project = Project.WithSecret("A").Write(".kamal/secrets", "B=hunter2");

        Assert.Equal(
            [
                "config/deploy.yml:3:16 env.secret[0]: the secret A was not found in .kamal/secrets-common (no such "
                    + "file) and .kamal/secrets. Add a line A=$A to .kamal/secrets to take it from the environment, or "
                    + "A=$(command).",
            ],
            project.Read().Problems.Select(p => p.ToString())
        );
    }

    [Theory]
    [MemberData(nameof(Problems))]
    public void ProblemsOfSecretsFilesHaveTheirPlaceAndNoValue(string text, string expected)
    {
        using var project = Project.WithSecret("A", _ => new ShellResult(0, "\n", "")).Write(".kamal/secrets", text);
        project.Environment["EMPTY"] = "";

        var problems = project
            .Read()
            .Problems.Where(p => p.File == ".kamal/secrets")
            .Select(p => p.ToString())
            .ToList();

        Assert.Equal([".kamal/secrets:" + expected], problems);
        Assert.DoesNotContain("hunter", string.Concat(problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "", true)]
    [InlineData("A=$A", "", true)]
    [InlineData("A=$A", "given", false)]
    [InlineData("A=given", "", false)]
    public void ASecretThatNobodyGivesIsGenerated(string text, string environment, bool isGenerated)
    {
        using var project = new Project(
            Project.Minimal + "env: {secret: [A]}\nsecrets: {generate: [A, UNUSED]}\n"
        ).Write(".kamal/secrets-common", text);
        project.Environment["A"] = environment;

        var result = project.Read();
        var config = result.Config!;

        Assert.Empty(result.Problems);
        Assert.Equal(isGenerated ? ["A"] : [], config.GeneratedSecrets.ToArray());
        var complete = config.WithSecrets(config.GeneratedSecrets.ToDictionary(n => n, _ => new Secret("given")));
        Assert.Empty(complete.GeneratedSecrets);
        Assert.Equal("given", complete.SecretOf("A").Unwrap());
    }

    [Fact]
    public void AGivenSecretWinsOverOneThatWasGeneratedEarlier()
    {
        using var project = new Project(Project.Minimal + "env: {secret: [A, B]}\nsecrets: {generate: [A, B]}\n").Write(
            ".kamal/secrets",
            "A=given"
        );

        var config = project
            .Read()
            .Config!.WithSecrets(new Dictionary<string, Secret> { ["A"] = new("old"), ["B"] = new("generated") });

        Assert.Equal(("given", "generated"), (config.SecretOf("A").Unwrap(), config.SecretOf("B").Unwrap()));
    }

    [Fact]
    public void EveryPlaceThatCanNameASecretIsResolved()
    {
        const string Names = "ROOT TAG ROLE ACCESSORY BUILD USER TOKEN ACCESSORY_TOKEN CERT KEY SSH";
        using var project = new Project(
            """
            service: shop
            image: shop
            servers: {web: {hosts: [local: t], env: {secret: [ROLE]}}}
            env: {secret: [ROOT], tags: {t: {secret: [TAG]}}}
            registry: {server: r, username: [USER], password: [TOKEN]}
            builder: {secrets: [BUILD]}
            proxy: {host: a, ssl: {certificate_pem: CERT, private_key_pem: KEY}}
            ssh: {key_data: [SSH]}
            accessories:
              db:
                image: x
                host: local
                env: {secret: [OTHER:ACCESSORY]}
                registry: {server: r, username: a, password: [ACCESSORY_TOKEN]}
            """
        ).Write(".kamal/secrets", string.Join('\n', Names.Split(' ').Select(n => $"{n}=value")));

        Assert.Equal(Names.Split(' ').Order(StringComparer.Ordinal), project.Read().Config!.Secrets.Keys);
    }

    [Fact]
    public void ValuesNeverAppearInPrintedOrSerialisedConfiguration()
    {
        using var project = new Project(
            Project.Minimal + "image: a\nregistry: {server: r, username: me, password: hunter2}\nenv: {secret: [A]}\n"
        ).Write(".kamal/secrets", "A=hunter2");

        var config = project.Read().Config!;
        var environment = config.EnvironmentOf(config.Roles[0], config.Roles[0].Hosts[0]);

        Assert.Equal("hunter2", environment[0].Secret!.Unwrap());
        Assert.Equal("hunter2", config.SecretOf(config.Registry!.Password!).Unwrap());
        string[] printed =
        [
            config.ToString(),
            environment[0].ToString(),
            config.Registry.ToString(),
            $"{config.SecretOf("A")}",
            System.Text.Json.JsonSerializer.Serialize(config),
            System.Text.Json.JsonSerializer.Serialize(environment),
        ];
        Assert.DoesNotContain("hunter2", string.Concat(printed), StringComparison.Ordinal);
    }

    private static string Single(Project project, string name)
    {
        var result = project.Read();
        Assert.Empty(result.Problems);
        return result.Config!.SecretOf(name).Unwrap();
    }
}
