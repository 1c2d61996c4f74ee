using System.Text.RegularExpressions;

namespace Lotse.Nuke.Tests.Workflows;

/// <summary>The Makefile wraps targets that there are, and all that people ask for.</summary>
public sealed partial class MakefileTests
{
    [Fact]
    public async Task Every_rule_calls_a_target_that_there_is_and_is_phony()
    {
        var makefile = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "Makefile"),
            TestContext.Current.CancellationToken
        );
        var rules = Rule().Matches(makefile).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);
        var targets = await TargetsAsync();

        string[] wanted = ["deploy-local", "deploy-staging", "deploy-production", "rollback", "logs", "status"];
        Assert.Empty(wanted.Except(rules.Keys));
        Assert.Empty(rules.Values.Except(targets));
        var phony = Phony().Match(makefile).Groups[1].Value.Split(' ');
        Assert.Equal(rules.Keys.Append("help").Order(), phony.Order());
    }

    /// <summary>The targets of the build and of the components that it is made of.</summary>
    private static async Task<HashSet<string>> TargetsAsync()
    {
        string[] folders = ["build", Path.Combine("src", "Lotse.Nuke")];
        var files = folders
            .SelectMany(f =>
                Directory.EnumerateFiles(Path.Combine(Repository.Root, f), "*.cs", SearchOption.AllDirectories)
            )
            .ToList();
        var targets = new HashSet<string>();
        foreach (var file in files)
        {
            var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
            targets.UnionWith(Target().Matches(text).Select(m => m.Groups[1].Value));
        }

        return targets;
    }

    [GeneratedRegex(@"^([a-z-]+):\n\t@\./build\.sh (\w+) \$\(ARGS\)$", RegexOptions.Multiline)]
    private static partial Regex Rule();

    [GeneratedRegex(@"^\.PHONY: (.+)$", RegexOptions.Multiline)]
    private static partial Regex Phony();

    [GeneratedRegex(@"\bTarget (\w+) =>")]
    private static partial Regex Target();
}
