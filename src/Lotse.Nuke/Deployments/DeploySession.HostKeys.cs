using Lotse.Execution;
using Lotse.Execution.Ports;
using Lotse.Hosts.Ssh.Access;
using Lotse.Hosts.Ssh.Access.KnownHosts;
using Lotse.Nuke.Console;
using Lotse.Planning.Setup;
using Serilog;

namespace Lotse.Nuke.Deployments;

public sealed partial class DeploySession
{
    /// <summary>
    /// Asks servers for their host keys, and pins them once a person has confirmed. A server that cannot be asked,
    /// or whose key has changed, keeps no other
    /// from being pinned.
    /// </summary>
    /// <param name="options">What the person said.</param>
    public Task PinHostKeysAsync(PinOptions options) =>
        StageAsync(
            "Host keys",
            async () =>
            {
                var config = ReadConfig(forDeploy: false, readsSecrets: false);
                var ssh = SshSettings.For(config, settings.RootDirectory);
                var pins = new HostKeyPins(ssh, TimeProvider.System);
                var problems = new List<string>();
                var waiting = ChooseHosts(ConfiguredSetup.Hosts(config), options.Hosts);
                while (waiting.Count > 0)
                {
                    // Behind a jump host, servers can be asked once its own key is pinned.
                    var survey = await pins.AskAsync(waiting, interruption.Token);
                    problems.AddRange(survey.Failures.Select(f => Unasked(f.Host, f.Failure)));
                    var wrote = await PinAsync(pins, survey, options, ssh.Show(ssh.PinsFile), problems);
                    problems.AddRange(
                        wrote
                            ? []
                            : survey.Behind.Select(h => $"{h}: not asked, because a jump host before it is not trusted")
                    );
                    waiting = wrote ? survey.Behind : [];
                }

                if (problems.Count > 0)
                {
                    throw new HostKeysMissingException([.. problems.Distinct()]);
                }
            }
        );

    /// <summary>Pins what can be pinned, and adds why others are not; returns whether the file changed.</summary>
    private async Task<bool> PinAsync(
        HostKeyPins pins,
        HostKeySurvey survey,
        PinOptions options,
        string file,
        List<string> problems
    )
    {
        foreach (var key in survey.Keys)
        {
            Log.Information("{Key}", key.Describe());
        }

        var plan = pins.Plan(survey.Keys, options.Replaces);
        problems.AddRange(plan.Problems);
        if (!plan.HasChanges)
        {
            if (problems.Count == 0)
            {
                Log.Information("Nothing to do: these keys are pinned in {File}", file);
            }

            return false;
        }

        foreach (var problem in options.IsConfirmed ? [] : problems)
        {
            // Who answers the question must know what is missing; who is asked none reads it in the end.
            Log.Warning("{Problem}", problem);
        }

        var question = $"Are these what the servers' own consoles say, and shall they be pinned in {file}?";
        await Confirmation
            .ForConsole()
            .RequireAsync(question, options.IsConfirmed, "once they are compared", interruption.Token);
        pins.Write(plan);
        Log.Information("Pinned {Count} key(s) in {File}; commit that file", plan.Added, file);
        return true;
    }

    private static string Unasked(string host, HostException failure) =>
        $"{(failure.Host == host ? "" : $"{host}: ")}{failure.Message.ReplaceLineEndings("\n    ")}";

    private static IReadOnlyList<string> ChooseHosts(IReadOnlyList<string> servers, IReadOnlyList<string> chosen)
    {
        if (servers.Count == 0)
        {
            throw new UserException(
                "The destination has no servers: its hosts are this machine.",
                "Name one that has: `./build.sh PinHostKeys --destination staging`."
            );
        }

        var unknown = chosen.Except(servers).ToList();
        return unknown.Count > 0
                ? throw new UserException(
                    $"{string.Join(", ", unknown)}: no such server in the configuration. Its servers are {string.Join(", ", servers)}.",
                    "Name hosts as the configuration does: `--only-host NAME`."
                )
            : chosen.Count > 0 ? [.. chosen.Distinct()]
            : servers;
    }
}

/// <summary>What a person may say of the pinning of host keys.</summary>
/// <param name="Hosts">The hosts that are asked; empty for all servers.</param>
/// <param name="Replaces">Whether keys that have changed are replaced.</param>
/// <param name="IsConfirmed">Whether the person has compared the keys, and is not asked.</param>
public sealed record PinOptions(IReadOnlyList<string> Hosts, bool Replaces, bool IsConfirmed);
