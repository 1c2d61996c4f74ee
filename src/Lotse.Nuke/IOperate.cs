using Nuke.Common;

namespace Lotse.Nuke;

/// <summary>Looks at what is deployed, and takes it away.</summary>
public interface IOperate : IHazDeployConfig
{
    /// <summary>Whether <see cref="Logs"/> goes on until interrupted.</summary>
    [Parameter("Logs: go on as lines are written")]
    bool Follow => TryGetValue<bool?>(() => Follow) ?? false;

    /// <summary>How many of the last lines <see cref="Logs"/> shows. Default: 100.</summary>
    [Parameter("Logs: how many of the last lines (default: 100)")]
    int? Lines => TryGetValue<int?>(() => Lines);

    /// <summary>Whether <see cref="Remove"/> deletes the accessories' data too.</summary>
    [Parameter("Remove: delete the accessories' data too")]
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
            _.Description("Show the application's log (--lines N, --follow)")
                .Executes(() => Session.LogsAsync(Lines ?? 100, Follow));

    /// <summary>Shows who changed what, when, and what came of it.</summary>
    Target Audit =>
        _ => _.Description("Show who deployed what, when, and what came of it").Executes(() => Session.AuditAsync());

    /// <summary>Takes the service away.</summary>
    Target Remove =>
        _ =>
            _.Description("Remove the service from its hosts; data stays unless --with-data")
                .Executes(() => Session.RemoveAsync(WithData));
}
