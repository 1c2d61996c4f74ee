using System.Collections.Immutable;
using Lotse.Configuration.Secrets;
using Lotse.Configuration.Validation;

namespace Lotse.Configuration.Reading;

/// <summary>One reading: files, types, rules over the whole, secrets; each adds its problems.</summary>
internal static class ConfigReading
{
    public static ConfigResult Run(ConfigRequest request)
    {
        var problems = new ProblemList();
        var files = new ConfigFiles(request, problems);
        var result = new ConfigResult { Problems = [], Destinations = files.Destinations };
        if (files.Read() is not { } map)
        {
            return result with { Problems = problems.ToOrdered() };
        }

        var cursor = new Cursor(map, map.Mark, "", problems);
        var root = cursor.Map(Schema.Root)!;
        if (DeployRules.LacksDestination(root, request.Destination, files.Destinations))
        {
            return result with { Problems = problems.ToOrdered() };
        }

        var sites = new Sites();
        var config = new DeployReader(root, request.Destination, sites).Read();
        var draft = new Draft(config, root, sites, files.Destinations);
        DeployRules.Check(draft);
        RouteRules.Check(draft);
        var secrets = new SecretsReader(request, config, cursor, problems).Read(sites.Secrets);
        return result with
        {
            Config = problems.HasErrors ? null : secrets,
            Problems = problems.ToOrdered(),
            NotYetSupported = SupportRules.Check(cursor),
        };
    }
}

/// <summary>What the rules over the whole look at.</summary>
internal sealed record Draft(DeployConfig Config, Fields Root, Sites Sites, ImmutableArray<string> Destinations);
