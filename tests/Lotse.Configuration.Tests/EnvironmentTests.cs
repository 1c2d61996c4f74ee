namespace Lotse.Configuration.Tests;

/// <summary>Which variables a container gets.</summary>
public sealed class EnvironmentTests
{
    [Fact]
    public void TagsWinOverTheRoleAndTheRoleOverTheTopLevel()
    {
        const string Config = """
            service: shop
            servers:
              web:
                hosts: [one, two: [a, b], three: unknown]
                env: {clear: {X: role, Y: role}, secret: ["P:ROLE_P"]}
            env:
              clear: {W: root, X: root, Y: root, Z: root}
              secret: ["P:ROOT_P", Q]
              tags:
                a: {Y: a, Z: a}
                b: {clear: {Z: b}, secret: ["Q:TAG_Q"]}
            """;
        using var project = new Project(Config).Write(".kamal/secrets", "ROOT_P=1\nROLE_P=2\nQ=3\nTAG_Q=4");
        var config = project.Read().Config!;

        string Environment(int host) =>
            string.Join(
                ' ',
                config
                    .EnvironmentOf(config.Roles[0], config.Roles[0].Hosts[host])
                    .Select(v => $"{v.Name}={v.Clear ?? v.Secret!.Unwrap()}")
            );

        Assert.Equal("W=root X=role Y=role Z=root P=2 Q=3", Environment(0));
        Assert.Equal("W=root X=role Y=a Z=b P=2 Q=4", Environment(1));
        Assert.Equal(Environment(0), Environment(2));
    }

    [Fact]
    public void AClearValueWinsOverASecretOfAnyLevel()
    {
        var config = Project.Config(
            "service: shop\nservers: {web: {hosts: [local], env: {secret: [A]}}}\nenv: {A: clear}\n"
        );

        Assert.Equal(
            [new EnvironmentEntry("A", "clear", null)],
            config.EnvironmentOf(config.Roles[0], config.Roles[0].Hosts[0])
        );
    }

    [Theory]
    [InlineData("yes", "true")]
    [InlineData("On", "true")]
    [InlineData("TRUE", "true")]
    [InlineData("no", "false")]
    [InlineData("off", "false")]
    [InlineData("y", "y")]
    [InlineData("\"yes\"", "yes")]
    [InlineData("'no'", "no")]
    [InlineData("!!str yes", "yes")]
    [InlineData("1.10", "1.10")]
    [InlineData("010", "010")]
    [InlineData("12:30:45", "12:30:45")]
    [InlineData("2026-01-01", "2026-01-01")]
    [InlineData("''", "")]
    [InlineData("a b # c", "a b")]
    public void SwitchesAreReadAsRubyDoesAndAllElseIsKept(string written, string value) =>
        Assert.Equal(
            [new ClearVariable("A", value)],
            Project.Config($"{Project.Minimal}env:\n  A: {written}\n").Env.Clear
        );

    [Fact]
    public void ASecretThatWasNotAddedYetIsAProgrammingError()
    {
        using var project = new Project(Project.Minimal + "env: {secret: [A]}\nsecrets: {generate: [A]}\n");
        var config = project.Read().Config!;

        Assert.Throws<InvalidOperationException>(() => config.EnvironmentOf(config.Roles[0], config.Roles[0].Hosts[0]));
    }

    [Fact]
    public void AnAccessoryHasOnlyItsOwnVariables()
    {
        var config = Project.Config(
            Project.Minimal + "env: {A: root}\naccessories: {db: {image: x, host: local, env: {B: own}}}\n"
        );

        Assert.Equal([new EnvironmentEntry("B", "own", null)], config.EnvironmentOf(config.Accessories[0]));
    }
}
