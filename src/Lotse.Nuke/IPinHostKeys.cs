using Lotse.Nuke.Deployments;
using Nuke.Common;

namespace Lotse.Nuke;

/// <summary>Keeps the servers' host keys in <c>config/known_hosts</c>, so that all who deploy trust the same ones.</summary>
public interface IPinHostKeys : IHazDeployConfig
{
    /// <summary>The hosts that are asked. Default: all servers of the destination.</summary>
    [Parameter("PinHostKeys: only these hosts (default: all servers of the destination)")]
    string[]? OnlyHost => TryGetValue(() => OnlyHost);

    /// <summary>Whether lines that disagree with what a server presents give way.</summary>
    [Parameter("PinHostKeys: replace keys that have changed")]
    bool Replace => TryGetValue<bool?>(() => Replace) ?? false;

    /// <summary>Asks the servers for their keys, shows them, and pins them once a person has confirmed. Logs in to none but jump hosts.</summary>
    Target PinHostKeys =>
        _ =>
            _.Description("Ask the servers for their host keys, and pin them in config/known_hosts")
                .TryBefore<IDeploy>(d => d.Preflight)
                .TryBefore<IServerSetup>(s => s.ServerSetup)
                .Executes(() => Session.PinHostKeysAsync(new PinOptions(OnlyHost ?? [], Replace, Yes)));
}
