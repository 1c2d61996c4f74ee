using Nuke.Common;

namespace Lotse.Nuke;

/// <summary>
/// The usual three destinations. A target named <c>Deploy…</c> that depends on <see cref="IDeploy.Deploy"/> chooses the destination of that name:
/// a build adds its own in the same way.
/// </summary>
public interface IDeployToStages : IDeploy
{
    /// <summary>Deploys to this machine.</summary>
    Target DeployLocal => _ => _.Description("Deploy to this machine's Docker Engine").DependsOn(Deploy);

    /// <summary>Deploys to staging.</summary>
    Target DeployStaging => _ => _.Description("Deploy to staging").DependsOn(Deploy);

    /// <summary>Deploys to production.</summary>
    Target DeployProduction => _ => _.Description("Deploy to production").DependsOn(Deploy);
}
