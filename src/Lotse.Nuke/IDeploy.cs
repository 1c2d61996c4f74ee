using Nuke.Common;

namespace Lotse.Nuke;

/// <summary>
/// Deploys: <c>Preflight → PreBuildHook → BuildImage → PushImage → PullImage → Migrate → SwitchTraffic → Cleanup → Deploy</c>. Each stage hands a typed result
/// to the next through <see cref="IHazDeployConfig.Session"/>. A build's own steps plug in with NUKE's <c>DependentFor</c>, <c>Before</c>, <c>After</c>, <c>Triggers</c>.
/// </summary>
public interface IDeploy : IHazDeployConfig
{
    /// <summary>Reads the configuration, connects to the hosts, and finds out what there is to do.</summary>
    Target Preflight =>
        _ =>
            _.Description(
                    "Check configuration, secrets, engine, hosts, ports and lease, and find out what there is to do"
                )
                .Unlisted()
                .Executes(() => Session.PreflightAsync());

    /// <summary>Runs the hook <c>pre-build</c>.</summary>
    Target PreBuildHook =>
        _ =>
            _.Description("Run the pre-build hook, when there is one")
                .DependsOn(Preflight)
                .OnlyWhenDynamic(() => Session.NeedsImage, "no image is needed: the hosts have it, or nothing changed")
                .Executes(() => Session.RunPreBuildHookAsync());

    /// <summary>Builds the image.</summary>
    Target BuildImage =>
        _ =>
            _.Description("Build the image on this machine's engine")
                .DependsOn(PreBuildHook)
                .OnlyWhenDynamic(() => Session.NeedsImage, "no image is needed: the hosts have it, or nothing changed")
                .Executes(() => Session.BuildImageAsync());

    /// <summary>Pushes the image to the registry that the hosts pull from.</summary>
    Target PushImage =>
        _ =>
            _.Description("Push the image to the registry")
                .DependsOn(BuildImage)
                .OnlyWhenDynamic(() => Session.NeedsImage, "no image is needed: the hosts have it, or nothing changed")
                .Executes(() => Session.PushImageAsync());

    /// <summary>Takes the lease; brings image, network, proxy and accessories to the hosts. Touches no traffic.</summary>
    Target PullImage =>
        _ =>
            _.Description("Pull the image on all hosts; start proxy and accessories where they are missing")
                .DependsOn(PushImage)
                .OnlyWhenDynamic(() => Session.HasWork, "there is nothing to do")
                .Executes(() => Session.PullImageAsync());

    /// <summary>Runs the migration of <c>deploy.yml</c> once, in a container of the new release.</summary>
    Target Migrate =>
        _ =>
            _.Description(
                    "Bring the data up to date, once, in a container of the new release, when migrate: is configured"
                )
                .DependsOn(PullImage)
                .OnlyWhenDynamic(() => Session.HasMigration, "there is nothing to migrate")
                .Executes(() => Session.MigrateAsync());

    /// <summary>Starts the new containers, waits until all are healthy, moves the traffic on all hosts at once, and watches the new release for a while.</summary>
    Target SwitchTraffic =>
        _ =>
            _.Description("Start the new release, wait until it is healthy everywhere, switch all hosts at once")
                .DependsOn(Migrate)
                .OnlyWhenDynamic(() => Session.HasWork, "there is nothing to do")
                .Executes(() => Session.SwitchTrafficAsync());

    /// <summary>Drains and stops the old release, and prunes.</summary>
    Target Cleanup =>
        _ =>
            _.Description("Drain and stop the old release, prune containers and images")
                .DependsOn(SwitchTraffic)
                .OnlyWhenDynamic(() => Session.HasWork, "there is nothing to do")
                .Executes(() => Session.CleanupAsync());

    /// <summary>The whole deploy.</summary>
    Target Deploy =>
        _ =>
            _.Description("Deploy to the destination, without one failed request")
                .DependsOn(Cleanup)
                .Executes(() => ReportSummary(summary => Session.Summarise(summary)));
}
