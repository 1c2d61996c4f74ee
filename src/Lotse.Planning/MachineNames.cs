namespace Lotse.Planning;

/// <summary>
/// What all services of a machine share, by name. Everybody uses the defaults; another set of names is a world of its own
/// beside them, with another edge proxy on another port.
/// </summary>
public sealed record MachineNames
{
    /// <summary>The names that every deploy uses unless told otherwise.</summary>
    public static MachineNames Default { get; } = new();

    /// <summary>The edge proxy's container; default <see cref="Names.Proxy"/>.</summary>
    public string Proxy { get; init; } = Names.Proxy;

    /// <summary>The volume that holds the edge proxy's state; default <see cref="Names.ProxyVolume"/>.</summary>
    public string ProxyVolume { get; init; } = Names.ProxyVolume;

    /// <summary>The network of proxy and containers; default <see cref="Names.Network"/>.</summary>
    public string Network { get; init; } = Names.Network;
}
