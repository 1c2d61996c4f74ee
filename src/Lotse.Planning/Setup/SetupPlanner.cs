using System.Collections.Immutable;
using System.Globalization;
using Lotse.Planning.Setup.Steps;

namespace Lotse.Planning.Setup;

/// <summary>From what servers are to what they shall be. Pure.</summary>
public static class SetupPlanner
{
    /// <summary>The oldest API version that the rest of the product uses.</summary>
    private static readonly Version OldestApi = new(1, 41);

    private static readonly TimeSpan TolerableSkew = TimeSpan.FromSeconds(30);

    /// <summary>The oldest versions of distributions that are known to work.</summary>
    private static readonly ImmutableDictionary<string, Version> Distributions = new Dictionary<string, Version>
    {
        ["debian"] = new(12, 0),
        ["ubuntu"] = new(22, 4),
    }.ToImmutableDictionary();

    /// <summary>The script that takes the SSH server's settings back.</summary>
    public static string RevertSshd => SshdStep.Revert;

    /// <summary>The script that keeps that the hook <c>docker-setup</c> was called.</summary>
    public static string HookDone { get; } = RootScript.Strict($"rm -f {PackagesStep.HookMark}");

    /// <summary>Plans a fleet: each server's firewall knows the others.</summary>
    public static ImmutableArray<SetupPlan> Plan(IReadOnlyCollection<ServerFacts> fleet, SetupSettings settings) =>
        [.. fleet.Select(server => Plan(server, fleet, settings))];

    private static SetupPlan Plan(ServerFacts server, IReadOnlyCollection<ServerFacts> fleet, SetupSettings settings)
    {
        var problems = Problems(server, settings).ToImmutableArray();
        var steps = problems.Length > 0 ? [] : Steps(server, fleet, settings).OfType<SetupStep>().ToImmutableArray();
        var deferred = steps.Where(s => s.State == SetupState.Deferred).Select(s => $"not done: {s.Title}. {s.Note}");
        return new SetupPlan
        {
            Server = server,
            Problems = problems,
            Notices = problems.Length > 0 ? [] : [.. Notices(server, fleet, settings), .. deferred],
            Steps = steps,
            OpenPorts = FirewallStep.Open(server, settings),
            FleetPorts = FirewallStep.ToFleets(server, settings),
        };
    }

    private static IEnumerable<SetupStep?> Steps(
        ServerFacts server,
        IReadOnlyCollection<ServerFacts> fleet,
        SetupSettings settings
    ) =>
        [
            EngineSettingsStep.Plan(server, settings),
            PackagesStep.Plan(server, settings),
            EngineStep.Plan(server),
            DeployUserStep.Plan(server, settings),
            UpdatesStep.Plan(server),
            SshdStep.Plan(server),
            SwapStep.Plan(server),
            FirewallStep.Plan(server, settings, fleet),
        ];

    private static IEnumerable<SetupProblem> Problems(ServerFacts server, SetupSettings settings)
    {
        if (Distribution(server) is { } unsupported)
        {
            yield return unsupported;
            yield break;
        }

        if (Api(server) is { } tooOld)
        {
            yield return tooOld;
        }

        if (!server.Engine.IsInstalled && server.FreeKiB < PackagesStep.NeededKiB)
        {
            yield return new(
                $"only {server.FreeKiB / 1024} MiB are free on /, and the engine needs "
                    + $"{PackagesStep.NeededKiB / 1024} MiB",
                "Make room: `apt-get clean`, old logs in /var/log, or a bigger disk."
            );
        }

        foreach (
            var problem in new[] { EngineSettingsStep.Problem(server), SshdStep.Problem(server) }
                .OfType<SetupProblem>()
                .Concat(DeployUserStep.Problems(server, settings))
                .Concat(FirewallStep.Problems(server, settings))
        )
        {
            yield return problem;
        }
    }

    private static SetupProblem? Distribution(ServerFacts server)
    {
        if (!Distributions.TryGetValue(server.Distribution, out var oldest))
        {
            return new(
                $"{Named(server)} is not a distribution that can be set up",
                "Use Debian 12 or Ubuntu 22.04 or later, or install Docker Engine 20.10 or later by hand and deploy."
            );
        }

        return VersionOf(server.Version) < oldest
            ? new(
                $"{Named(server)} is too old",
                "Upgrade it to Debian 12 or Ubuntu 22.04 or later, which still get security updates."
            )
            : null;
    }

    private static SetupProblem? Api(ServerFacts server) =>
        server.Engine.ApiVersion is { } api && VersionOf(api) < OldestApi
            ? new(
                $"Docker Engine {server.Engine.Version} (API {api}) is too old",
                "Upgrade it to 20.10 or later (API 1.41); its containers stop while that happens."
            )
            : null;

    private static IEnumerable<string> Notices(
        ServerFacts server,
        IReadOnlyCollection<ServerFacts> fleet,
        SetupSettings settings
    ) => [.. Machine(server, settings), .. FirewallStep.Notices(server, settings, fleet)];

    private static IEnumerable<string> Machine(ServerFacts server, SetupSettings settings)
    {
        if (server.ClockSkew.Duration() > TolerableSkew)
        {
            var skew = server.ClockSkew.TotalSeconds.ToString("+0;-0", CultureInfo.InvariantCulture);
            yield return $"its clock is {skew} s off this machine's: install systemd-timesyncd or chrony";
        }

        if (DeployUserStep.Notice(server, settings) is { } keys)
        {
            yield return keys;
        }

        if (server.SshMatches.Length > 0)
        {
            yield return $"its SSH server takes passwords all the same where this holds: {string.Join("; ", server.SshMatches)}";
        }

        if (server.Engine.IsFresh)
        {
            yield return "the hook docker-setup has not been called yet for the engine that was installed on it";
        }

        if (!server.HasSystemd && settings.HasFirewall)
        {
            yield return "systemd does not run it: after a boot, load /etc/lotse/firewall.nft and start the engine";
        }
    }

    private static string Named(ServerFacts server) =>
        server.Name.Length > 0 ? server.Name : "a system without /etc/os-release";

    /// <summary>The version with two numbers; 0.0 for what is none, such as that of a rolling release.</summary>
    private static Version VersionOf(string text)
    {
        var numbers = text.Split('.').Append("0").Take(2).Select(n => int.TryParse(n, out var v) ? v : 0).ToArray();
        return new Version(numbers[0], numbers[1]);
    }
}
