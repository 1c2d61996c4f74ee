using Lotse.Execution.Deployments;
using Lotse.Nuke.Deployments;
using Nuke.Common;

namespace Lotse.Nuke;

/// <summary>Looks at what is deployed, and takes it away.</summary>
public interface IOperate : IHazDeployConfig
{
    /// <summary>Whether <see cref="Logs"/> goes on until interrupted.</summary>
    [Parameter("Logs: go on as lines are written")]
    bool Follow => TryGetValue<bool?>(() => Follow) ?? false;

    /// <summary>How many of each container's last lines <see cref="Logs"/> shows. Default: 100.</summary>
    [Parameter("Logs: how many of each container's last lines (default: 100)")]
    int? Lines => TryGetValue<int?>(() => Lines);

    /// <summary>From when on <see cref="Logs"/> shows lines: a time ago (<c>10m</c>, <c>2h</c>) or a date. Default: from any time.</summary>
    [Parameter("Logs: lines since then, like 10m, 2h or 2026-01-31T12:00Z")]
    string? Since => TryGetValue(() => Since);

    /// <summary>What a line must match for <see cref="Logs"/> to show it: a regular expression. Default: anything.</summary>
    [Parameter("Logs: only lines that match this regular expression")]
    string? Grep => TryGetValue(() => Grep);

    /// <summary>The release whose containers <see cref="Logs"/> reads, previous ones too. Default: what runs.</summary>
    [Parameter("Logs: of this release's containers, also when it no longer runs")]
    string? Release => TryGetValue(() => Release);

    /// <summary>What the page of <see cref="Maintenance"/> says. Default: the proxy's own sentence.</summary>
    [Parameter("Maintenance: what the page says, as plain text")]
    string? Message => TryGetValue(() => Message);

    /// <summary>What <see cref="Exec"/> runs.</summary>
    [Parameter("Exec: the command, in quotes")]
    string? Command => TryGetValue(() => Command);

    /// <summary>The role in whose containers <see cref="Exec"/> runs. Default: the primary one.</summary>
    [Parameter("Exec: the role (default: the primary one)")]
    string? Role => TryGetValue(() => Role);

    /// <summary>The host on which <see cref="Exec"/> runs, or from which <see cref="AccessoryRemove"/> removes. Default: all of the role, or all.</summary>
    [Parameter("Exec, AccessoryRemove: the host (default: all)")]
    string? OnHost => TryGetValue(() => OnHost);

    /// <summary>Whether <see cref="Exec"/> runs on the role's first host only.</summary>
    [Parameter("Exec: on the role's first host only")]
    bool Primary => TryGetValue<bool?>(() => Primary) ?? false;

    /// <summary>Whether <see cref="Exec"/> runs in a container of its own, which is removed afterwards.</summary>
    [Parameter("Exec: in a container of its own, with the same environment, removed afterwards")]
    bool OneOff => TryGetValue<bool?>(() => OneOff) ?? false;

    /// <summary>Whether <see cref="Exec"/> is joined to the terminal.</summary>
    [Parameter("Exec: joined to this terminal")]
    bool Interactive => TryGetValue<bool?>(() => Interactive) ?? false;

    /// <summary>The accessory of <see cref="AccessoryReboot"/> and <see cref="AccessoryRemove"/>, or whose log or container <see cref="Logs"/> and <see cref="Exec"/> are for.</summary>
    [Parameter("AccessoryReboot, AccessoryRemove, Logs, Exec: the accessory")]
    string? Accessory => TryGetValue(() => Accessory);

    /// <summary>
    /// Whether <see cref="Remove"/> and <see cref="AccessoryRemove"/> delete the accessories' data too, and <see cref="AccessoryReboot"/> may lose what lies on
    /// volumes without a name.
    /// </summary>
    [Parameter(
        "Remove, AccessoryRemove: delete the accessories' data too; AccessoryReboot: what is on volumes without a name may go"
    )]
    bool WithData => TryGetValue<bool?>(() => WithData) ?? false;

    /// <summary>Shows what a deploy would do, drift and orphans included, and changes nothing.</summary>
    Target Preview =>
        _ => _.Description("Show what a deploy would do, and change nothing").Executes(() => Session.PreviewAsync());

    /// <summary>Shows what serves where.</summary>
    Target Status =>
        _ => _.Description("Show what serves where, since when, and how healthy").Executes(() => Session.StatusAsync());

    /// <summary>Shows the application's log.</summary>
    Target Logs =>
        _ =>
            _.Description("Show the log of all hosts by time (--lines N, --follow, --since, --grep, --release)")
                .Executes(() => Session.LogsAsync(Logging()));

    /// <summary>Runs a command in the application's containers.</summary>
    Target Exec =>
        _ =>
            _.Description("Run --command \"...\" in the application's containers, or in one of its own (--one-off)")
                .Requires(() => Command)
                .Executes(() => Session.ExecAsync(Executing()));

    /// <summary>Answers all requests with a page and status 503.</summary>
    Target Maintenance =>
        _ =>
            _.Description("Answer all requests with 503 and a page (--message \"...\"), on all hosts, until Live")
                .Executes(() => Session.EnterMaintenanceAsync(Message ?? ""));

    /// <summary>Ends <see cref="Maintenance"/>.</summary>
    Target Live =>
        _ => _.Description("Forward requests again, after Maintenance").Executes(() => Session.GoLiveAsync());

    /// <summary>Removes what retention does not keep.</summary>
    Target Prune =>
        _ =>
            _.Description("Remove old containers and images that are not kept for a rollback, on all hosts")
                .Executes(() => Session.PruneAsync());

    /// <summary>Makes an accessory's container anew from the configuration.</summary>
    Target AccessoryReboot =>
        _ =>
            _.Description("Make the container of --accessory NAME anew from the configuration; data stays")
                .Requires(() => Accessory)
                .Executes(() => Session.RebootAccessoryAsync(Accessory!, WithData));

    /// <summary>Removes an accessory's container.</summary>
    Target AccessoryRemove =>
        _ =>
            _.Description("Remove the container of --accessory NAME (--on-host H); data stays unless --with-data")
                .Requires(() => Accessory)
                .Executes(() => Session.RemoveAccessoryAsync(Accessory!, OnHost, WithData, Yes));

    /// <summary>Shows who changed what, when, and what came of it.</summary>
    Target Audit =>
        _ => _.Description("Show who deployed what, when, and what came of it").Executes(() => Session.AuditAsync());

    /// <summary>Takes the service away.</summary>
    Target Remove =>
        _ =>
            _.Description("Remove the service from its hosts, once confirmed (--yes); data stays unless --with-data")
                .Executes(() => Session.RemoveAsync(WithData, Yes));

    private LogRequest Logging() =>
        new()
        {
            Lines = Lines ?? 100,
            Follow = Follow,
            Release = Release,
            Accessory = Accessory,
            Since = Since is { } since ? Moments.Parse(since, TimeProvider.System.GetUtcNow()) : null,
            Grep = Grep is { } pattern ? Patterns.Parse(pattern) : null,
        };

    private ExecRequest Executing() =>
        new()
        {
            Command = Command ?? "",
            Role = Role,
            Accessory = Accessory,
            Host = OnHost,
            OnlyPrimary = Primary,
            IsOneOff = OneOff,
            IsInteractive = Interactive,
            Version = Version,
        };
}
