using Lotse.Nuke.Deployments;
using Nuke.Common;

namespace Lotse.Nuke;

/// <summary>Gives a build the parameters of a deploy: destination, version, and what may be overridden for one run.</summary>
public interface IHazDeployConfig : INukeBuild
{
    /// <summary>
    /// The destination: an overlay <c>config/deploy.&lt;destination&gt;.yml</c>. Default: what the invoked target names (<c>DeployStaging</c>), else
    /// <c>local</c> where there is such an overlay. Another one than the target names is an error.
    /// </summary>
    [Parameter("The destination: config/deploy.<destination>.yml (default: what the target names, else local)")]
    string? Destination => TryGetValue(() => Destination);

    /// <summary>The release's version. Default: GitVersion's for the commit; uncommitted changes get a version of their own.</summary>
    [Parameter("The version to deploy (default: from git, one of its own for uncommitted changes)")]
    string? Version => TryGetValue(() => Version);

    /// <summary>The edge proxy's HTTP port on the hosts. Default: <c>proxy.run.http_port</c>, else 80.</summary>
    [Parameter("The edge proxy's HTTP port on the hosts (default: proxy.run.http_port, else 80)")]
    int? HttpPort => TryGetValue<int?>(() => HttpPort);

    /// <summary>Hosts that are left out of this run, because they are down. They catch up with the next deploy that does not leave them out.</summary>
    [Parameter("Hosts to leave out because they are down; the next deploy without this brings them up to date")]
    string[]? SkipHost => TryGetValue(() => SkipHost);

    /// <summary>Whether nothing is asked: the keys to pin have been compared, what is to be removed is known.</summary>
    [Parameter("PinHostKeys, Remove, AccessoryRemove: ask nothing; the fingerprints are compared, the data may go")]
    bool Yes => TryGetValue<bool?>(() => Yes) ?? false;

    /// <summary>The deploy session of this build: one for all its targets.</summary>
    DeploySession Session => DeploySession.Of(this);
}
