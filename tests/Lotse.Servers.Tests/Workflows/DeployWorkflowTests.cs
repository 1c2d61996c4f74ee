using YamlDotNet.RepresentationModel;

namespace Lotse.Servers.Tests.Workflows;

/// <summary>
/// The job that is run here is <c>staging</c>: so <c>production</c> must be the same, but for where it goes and when it may.
/// </summary>
public sealed class DeployWorkflowTests
{
    private static readonly string[] When = ["if", "needs"];

    [Fact]
    public void The_job_production_does_what_the_job_staging_does()
    {
        var staging = Lines("staging");

        Assert.Contains(
            staging,
            line => line.StartsWith("steps/3/run: exec ./build.sh DeployHERE", StringComparison.Ordinal)
        );
        Assert.Equal(staging, Lines("production"));
    }

    [Fact]
    public void Production_comes_after_a_staging_that_went_well_or_alone_when_somebody_asks_for_it()
    {
        var production = Job("production");

        Assert.Equal("staging", production["needs"].ToString());
        Assert.Equal(
            "!cancelled() && ((needs.staging.result == 'success' && vars.DEPLOY_PRODUCTION == 'true' && "
                + "github.event_name == 'push') || inputs.destination == 'production')",
            production["if"].ToString().Replace('\n', ' ')
        );
    }

    /// <summary>What a job says, each value in a line of its own with the way to it.</summary>
    private static List<string> Lines(string job) =>
        [
            .. Lines("", Job(job))
                .Where(line => !When.Contains(line.Split(':')[0]))
                .Select(line => line.Replace(job, "HERE", StringComparison.OrdinalIgnoreCase)),
        ];

    private static IEnumerable<string> Lines(string path, YamlNode node) =>
        node switch
        {
            YamlMappingNode map => map.SelectMany(pair => Lines($"{path}/{pair.Key}", pair.Value)),
            YamlSequenceNode list => list.SelectMany((item, index) => Lines($"{path}/{index}", item)),
            _ => [$"{path.TrimStart('/')}: {node}"],
        };

    private static YamlMappingNode Job(string job)
    {
        var file = Path.Combine(EndToEnd.Host.World.RepositoryRoot, ".github", "workflows", "deploy.yml");
        using var reader = new StreamReader(file);
        var stream = new YamlStream();
        stream.Load(reader);
        return (YamlMappingNode)stream.Documents[0].RootNode["jobs"][job];
    }
}
