using Lotse.Configuration;
using Lotse.Planning.Observed;

namespace Lotse.Planning.Planners;

/// <summary>Which container serves.</summary>
public static class Serving
{
    /// <summary>The role's container on a host: the one with the traffic, or without a proxy the one that runs and has served; null for none.</summary>
    public static ObservedContainer? ContainerOf(DeployConfig config, ObservedHost host, RoleConfig role)
    {
        var service = Names.ProxyService(config.Service, role.Name, config.Destination);
        return new RoleState(host, role.Name, role.Proxy is null ? null : service).Active;
    }
}
