namespace Lotse.Planning;

/// <summary>How things are called on a host. The forms are Kamal's, so that its users' other tools go on working.</summary>
public static class Names
{
    /// <summary>The network that proxy, containers and accessories share.</summary>
    public const string Network = "kamal";

    /// <summary>The edge proxy's container.</summary>
    public const string Proxy = "lotse-proxy";

    /// <summary>The volume that holds the edge proxy's state.</summary>
    public const string ProxyVolume = "lotse-proxy-state";

    /// <summary>A container: <c>service-role[-destination]-version</c>.</summary>
    public static string Container(string service, string role, string? destination, string version) =>
        $"{Prefix(service, role, destination)}-{version}";

    /// <summary>A container that makes way for another one of the same version.</summary>
    public static string Replaced(string container, string suffix) => $"{container}_replaced_{suffix}";

    /// <summary>A proxy or an accessory that makes way for a new container of its name.</summary>
    public static string Replaced(string container) => $"{container}_replaced";

    /// <summary>A role's service in the proxy: <c>service-role[-destination]</c>.</summary>
    public static string ProxyService(string service, string role, string? destination) =>
        Prefix(service, role, destination);

    /// <summary>A container that runs one command and goes: <c>service-purpose[-destination]-version_id</c>.</summary>
    public static string OneOff(string service, string purpose, string? destination, string version, string id) =>
        $"{Prefix(service, purpose, destination)}-{version}_{id}";

    private static string Prefix(string service, string role, string? destination) =>
        destination is null ? $"{service}-{role}" : $"{service}-{role}-{destination}";
}
