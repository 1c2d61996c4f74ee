using Nuke.Common;

namespace Lotse.Nuke;

/// <summary>Goes back to a release that served before.</summary>
public interface IRollback : IHazDeployConfig
{
    /// <summary>The version to go back to. Default: the last one that served and was not rolled back from.</summary>
    [Parameter("The version to roll back to (default: the last one that served before)")]
    string? To => TryGetValue(() => To);

    /// <summary>Goes back, with the same health check and switch as a deploy.</summary>
    Target Rollback =>
        _ =>
            _.Description("Go back to the last release that served, or to --to VERSION")
                .Executes(async () =>
                {
                    await Session.RollbackAsync(To);
                    ReportSummary(summary => Session.Summarise(summary));
                });
}
