using Lotse.Nuke.Deployments;
using Nuke.Common;

namespace Lotse.Nuke;

/// <summary>
/// Makes servers ready for deploys. <c>./build.sh ServerSetup DeployStaging</c> takes bare servers to a first deploy: set-up comes
/// before the deploy's first look.
/// </summary>
public interface IServerSetup : IHazDeployConfig
{
    /// <summary>Whom to log in as. Default: <c>setup.login</c>, else root, else the deploy user.</summary>
    [Parameter("ServerSetup: whom to log in as (default: setup.login, else root)")]
    string? SetupLogin => TryGetValue(() => SetupLogin);

    /// <summary>The deploy user where <c>ssh.user</c> is root. Default: none, root deploys.</summary>
    [Parameter("ServerSetup: a deploy user to make (default: ssh.user, unless it is root)")]
    string? DeployUser => TryGetValue(() => DeployUser);

    /// <summary>Whether the engine may be restarted although its containers stop. Default: no.</summary>
    [Parameter("ServerSetup: restart the engine where its settings need it, though containers stop")]
    bool RestartEngine => TryGetValue<bool?>(() => RestartEngine) ?? false;

    /// <summary>Sets the destination's servers up; a second run finds nothing to do. Deploys nothing.</summary>
    Target ServerSetup =>
        _ =>
            _.Description(
                    "Set up the destination's bare servers (engine, deploy user, firewall); then deploy as always"
                )
                .TryBefore<IDeploy>(d => d.Preflight)
                .Executes(() => Session.SetUpServersAsync(Options, isPreview: false));

    /// <summary>Shows what <see cref="ServerSetup"/> would change, and changes nothing.</summary>
    Target PreviewServerSetup =>
        _ =>
            _.Description("Show what ServerSetup would change, and change nothing")
                .Executes(() => Session.SetUpServersAsync(Options, isPreview: true));

    private SetupOptions Options => new(SetupLogin, DeployUser, RestartEngine);
}
