using System.Collections.Immutable;
using Lotse.Execution.Ports;
using Lotse.Planning.Setup;

namespace Lotse.Execution.Setup;

/// <summary>The steps of one server, one after the other; each change is proved before the next.</summary>
internal sealed class ServerRun(SetupServices services, SetupRequest request, ServerSession session, SetupPlan plan)
{
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ReloadLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan StepLimit = TimeSpan.FromMinutes(15);
    private readonly List<string> notices = [.. plan.Notices];

    public ServerSession Session => session;

    public SetupPlan Plan => plan;

    public IReadOnlyList<string> Notices => notices;

    /// <summary>Whether an engine was installed, by this run or by one that ended before the hook was called.</summary>
    public bool HasFreshEngine => plan.Server.Engine.IsFresh || !plan.Server.Engine.IsInstalled;

    /// <summary>Does all that is to be done up to the firewall's turn, and the firewall.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var verified = request.Settings.DeployUser is null;
        foreach (var step in plan.Changes)
        {
            // The user may be new, or the keys: they are tried before sshd takes nothing else and before the firewall
            // closes.
            if (!verified && step.Topic > SetupTopic.DeployUser)
            {
                await VerifyDeployUserAsync(cancellation);
                verified = true;
            }

            await session.ConfirmAsync(cancellation);
            session.Say(step.Title, isDone: false);
            await DoAsync(step, cancellation);
            session.Say(step.Title, isDone: true);
        }

        if (!verified)
        {
            await VerifyDeployUserAsync(cancellation);
        }
    }

    /// <summary>Keeps that the hook was called.</summary>
    public async Task RememberHookAsync(CancellationToken cancellation) =>
        await session.RunAsync("remember docker-setup", SetupPlanner.HookDone, "", Quick, cancellation);

    private Task DoAsync(SetupStep step, CancellationToken cancellation) =>
        step.Topic switch
        {
            SetupTopic.Sshd => HardenSshdAsync(step, cancellation),
            SetupTopic.Swap => MakeSwapAsync(step, cancellation),
            SetupTopic.Firewall when step.Fragment is not null => ApplyFirewallAsync(step, cancellation),
            _ => RunStepAsync(step, cancellation),
        };

    private async Task RunStepAsync(SetupStep step, CancellationToken cancellation) =>
        await session.RunAsync(step.Title, RootScript.Strict(step.Script), CureOf(step.Topic), StepLimit, cancellation);

    private static string CureOf(SetupTopic topic) =>
        topic switch
        {
            SetupTopic.Packages =>
                "Check the server's way to its package mirrors (/etc/apt); /run/lotse/apt.log there has all of it.",
            SetupTopic.Engine or SetupTopic.EngineSettings => "Look at `journalctl -u docker` on the server.",
            _ => "Mend it on the server, and run ServerSetup again.",
        };

    /// <summary>
    /// The group holds from the next login on, so it takes a new connection to see whether the engine answers.
    /// </summary>
    private async Task VerifyDeployUserAsync(CancellationToken cancellation)
    {
        var user = request.Settings.DeployUser!;
        await using var fresh = await LogInAsync(user, cancellation);
        await fresh.RunAsync(
            $"use the engine as {user}",
            "docker version --format '{{.Server.APIVersion}}'",
            $"Look at `id {user}` on the server: the group docker must be in it.",
            Quick,
            cancellation
        );
    }

    private async Task<ServerSession> LogInAsync(string user, CancellationToken cancellation)
    {
        try
        {
            return await session.ReconnectAsync(user, cancellation);
        }
        catch (HostException refused)
        {
            throw session.Failure(
                $"log in as {user}, as deploys will",
                refused.Evidence,
                "Is your own key among those of setup.public_keys? If /etc/ssh/sshd_config has AllowUsers or AllowGroups, "
                    + $"do they name {user}?"
            );
        }
    }

    private async Task HardenSshdAsync(SetupStep step, CancellationToken cancellation)
    {
        await RunStepAsync(step, cancellation);
        try
        {
            await using var fresh = await session.ReconnectAsync(ReloadLimit, cancellation);
        }
        catch (HostException lockedOut)
        {
            await session.RunAsync("take sshd's settings back", SetupPlanner.RevertSshd, "", Quick, cancellation);
            throw session.Failure(
                step.Title,
                $"no new login was possible with it, so it was taken back: {lockedOut.Evidence}",
                "Log in by key once by hand, and look at the server's `journalctl -u ssh`."
            );
        }
    }

    /// <summary>Not every file system and virtualisation can do it, and a server works without.</summary>
    private async Task MakeSwapAsync(SetupStep step, CancellationToken cancellation)
    {
        try
        {
            await RunStepAsync(step, cancellation);
        }
        catch (HostException impossible) when (impossible.Failure == HostFailure.Setup)
        {
            notices.Add($"it has little memory and no swap file could be made: {impossible.Evidence}");
        }
    }

    private async Task ApplyFirewallAsync(SetupStep step, CancellationToken cancellation)
    {
        var firewall = new FirewallRun(services, request, session, plan.Server.Firewall.IsLoaded);
        notices.AddRange(await firewall.ApplyAsync(step, cancellation));
    }
}
