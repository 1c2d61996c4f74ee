namespace Lotse.Configuration.Tests;

/// <summary>Commands in secrets files: when they run, what they get, and what is said when one fails.</summary>
public sealed class SecretCommandTests
{
    private const string ByHand = "Run the command by hand to see what it needs, such as a login.";
    private const string Install = "Install the program, or correct its name.";
    private const string Kamal =
        "Commands of Kamal need Kamal installed; call the password manager's own program instead.";

    [Theory]
    [InlineData("A=$(op read x)", "op read x", "[op read x]")]
    [InlineData("A=\"$(op read x)/$(op read y)\"", "op read x|op read y", "[op read x]/[op read y]")]
    [InlineData("A=$(a '\\)')", "a '\\)'", "[a '\\)']")]
    [InlineData("A=$(a $(b c))", "a $(b c)", "[a $(b c)]")]
    [InlineData("A=$(a \"#b\")", "a \"#b\"", "[a \"#b\"]")]
    [InlineData("B=b1\nA=$(use $B ${B} $HOME)", "use b1 b1 ${HOME}", "[use b1 b1 ${HOME}]")]
    [InlineData("A=$(awk '{print $2}' f)", "awk '{print $2}' f", "[awk '{print $2}' f]")]
    public void CommandsAreRunByTheShellWithEarlierLinesInThem(string text, string commands, string expected)
    {
        using var project = Project
            .WithSecret("A", c => new ShellResult(0, $"[{c}]\n", ""))
            .Write(".kamal/secrets", text);

        var result = project.Read();

        Assert.Equal(expected, result.Config!.SecretOf("A").Unwrap());
        Assert.Equal(commands, string.Join('|', project.Commands));
    }

    [Fact]
    public void OnlyWhatIsNeededIsRunAndOnlyOnce()
    {
        const string Config =
            "service: shop\nservers: [local]\nenv: {secret: [A, B, ALIAS:B]}\nbuilder: {secrets: [A]}\n";
        using var project = new Project(Config) { Shell = _ => new ShellResult(0, "x\n", "") };
        project.Write(
            ".kamal/secrets",
            "ALL=$(fetch all)\nA=$(extract A $ALL)\nB=$(extract B $ALL)\nC=$(extract C $ALL)\n"
        );

        Assert.Empty(project.Read().Problems);

        Assert.Equal(["fetch all", "extract A x", "extract B x"], project.Commands);
    }

    [Fact]
    public void NoCommandRunsWhenTheConfigurationIsWrong()
    {
        using var project = new Project(Project.Minimal + "foo: 1\nenv: {secret: [A]}\n").Write(
            ".kamal/secrets",
            "A=$(x)"
        );

        Assert.True(project.Read().HasErrors);
        Assert.Empty(project.Commands);
    }

    [Theory]
    [InlineData(1, "not signed in\n", "op read", "1 and said: not signed in", ByHand)]
    [InlineData(127, "sh: op: not found", "op", "127 and said: sh: op: not found", Install)]
    [InlineData(2, "", "op", "2 and no message", ByHand)]
    [InlineData(127, "a\nb", "kamal secrets fetch x", "127 and said: a / b", Kamal)]
    public void AFailingCommandTellsExitCodeAndStderrOnly(
        int exitCode,
        string error,
        string command,
        string expected,
        string cure
    )
    {
        using var project = Project
            .WithSecret("A", _ => new ShellResult(exitCode, "hunter2", error))
            .Write(".kamal/secrets", $"# first\nA=$({command})");

        Assert.Equal(
            [$".kamal/secrets:2:1 A: the command in $(…) ended with exit code {expected}. {cure}"],
            project.Read().Problems.Select(p => p.ToString())
        );
    }

    [Fact]
    public void ACommandThatQuotesItsSecretsInAnErrorIsRedacted()
    {
        using var project = Project
            .WithSecret("A", c => new ShellResult(1, "", $"syntax error near: {c}"))
            .Write(".kamal/secrets", "KEY='hunter2\nhunter3'\nA=$(use $KEY)");

        var problem = Assert.Single(project.Read().Problems).ToString();

        Assert.Contains("syntax error near: use [redacted]", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", problem, StringComparison.Ordinal);
    }
}
