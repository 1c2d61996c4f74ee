namespace Lotse.Planning.Containers;

/// <summary>The labels by which Lotse finds its containers again. The first three are Kamal's own, so that its users' tools go on working.</summary>
public static class ContainerLabels
{
    /// <summary>The service's name.</summary>
    public const string Service = "service";

    /// <summary>The role's name.</summary>
    public const string Role = "role";

    /// <summary>The destination's name; empty when there is none.</summary>
    public const string Destination = "destination";

    /// <summary>The release's version.</summary>
    public const string Version = "lotse.version";

    /// <summary>The fingerprint of the container's specification.</summary>
    public const string Fingerprint = "lotse.fingerprint";

    /// <summary>The id of the rollout that made the container.</summary>
    public const string Rollout = "lotse.rollout";

    /// <summary>The accessory's name, on an accessory's container.</summary>
    public const string Accessory = "lotse.accessory";

    /// <summary>The service an accessory belongs to. Not <see cref="Service"/>: Kamal gives accessories a service name of their own.</summary>
    public const string Owner = "lotse.owner";

    /// <summary>On a container that runs one command and goes: what for, <see cref="Migration"/> or <see cref="Exec"/>.</summary>
    public const string OneOff = "lotse.oneoff";

    /// <summary>The value of <see cref="OneOff"/> for a migration.</summary>
    public const string Migration = "migrate";

    /// <summary>The value of <see cref="OneOff"/> for a person's command.</summary>
    public const string Exec = "exec";

    /// <summary>Marks the edge proxy's container.</summary>
    public const string Proxy = "lotse.proxy";

    /// <summary>Whether Lotse sets this label itself for each container.</summary>
    public static bool IsOwn(string label) =>
        label is Service or Role or Destination || label.StartsWith("lotse.", StringComparison.Ordinal);
}
