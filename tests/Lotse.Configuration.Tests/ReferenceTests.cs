using System.Text.RegularExpressions;
using Lotse.Configuration.Reading;
using Lotse.Configuration.Reading.Yaml;

namespace Lotse.Configuration.Tests;

/// <summary>The reference is documentation and test input at once.</summary>
public sealed partial class ReferenceTests
{
    [Fact]
    public void TheReferenceIsAValidConfiguration()
    {
        using var project = new Project(RepositoryFiles.Reference);
        var names = SecretNames()
            .Matches(RepositoryFiles.Reference)
            .Select(m => m.Value.TrimStart('-', ' ').Split(':')[^1]);
        project.Write(".kamal/secrets", string.Join('\n', names.Distinct().Select(n => $"{n}=value")));

        var result = project.Read();

        Assert.Empty(result.Problems);
        Assert.NotNull(result.Config);
    }

    [Fact]
    public void TheReferenceNamesEveryKnownKeyInItsPlace()
    {
        var problems = new ProblemList();
        Assert.True(YamlComposer.TryCompose("reference", RepositoryFiles.Reference, problems, out var root));
        var live = Paths("", (MapNode)root!).Select(Generalise).ToHashSet(StringComparer.Ordinal);
        var commented = CommentedKeys().Matches(RepositoryFiles.Reference).Select(m => m.Groups[1].Value).ToHashSet();

        var missing = Schema
            .All.SelectMany(s => s.Keys.Select(k => (Key: k, Path: s.Join(k))))
            .Where(k => !live.Contains(k.Path) && !commented.Contains(k.Key))
            .Select(k => k.Path);

        Assert.Empty(missing);
    }

    [Fact]
    public void EveryKeyOfKamalsRootIsKnown()
    {
        // The top-level keys of basecamp/kamal 2.12, lib/kamal/configuration/docs/configuration.yml.
        const string Kamal =
            "service image labels volumes registry servers env asset_path hooks_path hooks_output secrets_path "
            + "error_pages_path require_destination primary_role allow_empty_roles retain_containers minimum_version "
            + "readiness_delay deploy_timeout drain_timeout stop_timeout run_directory ssh builder accessories proxy "
            + "sshkit boot logging output aliases";

        Assert.Equal(["secrets", "setup", "migrate", "bake"], Schema.Root.Keys.Except(Kamal.Split(' ')));
        Assert.Empty(Kamal.Split(' ').Except(Schema.Root.Keys));
    }

    private static IEnumerable<string> Paths(string path, YamlNode node) =>
        node switch
        {
            MapNode map => map.Entries.SelectMany(e => Paths(Join(path, e.Key), e.Value).Prepend(Join(path, e.Key))),
            ListNode list => list.Items.SelectMany(i => Paths(path + "[]", i)),
            _ => [],
        };

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    /// <summary>Names of roles and accessories become the schema's asterisk.</summary>
    private static string Generalise(string path) =>
        path.Replace("servers.workers", "servers.*", StringComparison.Ordinal)
            .Replace("accessories.db", "accessories.*", StringComparison.Ordinal);

    [GeneratedRegex(@"(?m)^ *# ([a-z_]+): ")]
    private static partial Regex CommentedKeys();

    [GeneratedRegex(@"- [A-Z_]+(:[A-Z_]+)?$|(CERTIFICATE|PRIVATE_KEY)_PEM$", RegexOptions.Multiline)]
    private static partial Regex SecretNames();
}
