namespace Lotse.Execution.Ports;

/// <summary>Something that was asked of a host did not work: where, what, the host's own answer, and what to do next.</summary>
public sealed class HostException(
    HostFailure failure,
    string host,
    string action,
    string evidence,
    string cure,
    Exception? inner = null
) : Exception(Compose(host, action, evidence, cure), inner)
{
    /// <summary>The kind of failure.</summary>
    public HostFailure Failure { get; } = failure;

    /// <summary>The host's configured name.</summary>
    public string Host { get; } = host;

    /// <summary>What was asked, in words.</summary>
    public string Action { get; } = action;

    /// <summary>The host's or engine's own answer.</summary>
    public string Evidence { get; } = evidence;

    /// <summary>What the person can do.</summary>
    public string Cure { get; } = cure;

    private static string Compose(string host, string action, string evidence, string cure) =>
        $"[{host}] {action}: {evidence.TrimEnd()}{(cure.Length == 0 ? "" : $"\n  → {cure}")}";
}

/// <summary>Kinds of failures of a host.</summary>
public enum HostFailure
{
    /// <summary>The engine answered with an error.</summary>
    Engine,

    /// <summary>The host or its engine could not be reached.</summary>
    Unreachable,

    /// <summary>The host can be reached, and what was asked of it was not answered in time: whether it was done is not known.</summary>
    Silent,

    /// <summary>A port that is to be published is taken.</summary>
    PortInUse,

    /// <summary>The disk is full.</summary>
    NoSpace,

    /// <summary>An image is not there.</summary>
    ImageNotFound,

    /// <summary>A container or other thing of this name is there already, or is not there.</summary>
    Conflict,

    /// <summary>The proxy refused a command.</summary>
    Proxy,

    /// <summary>A file could not be read or written.</summary>
    Files,

    /// <summary>A step of a server's set-up ended with an error.</summary>
    Setup,

    /// <summary>The host's key is not known, or not the one that is known.</summary>
    HostKey,

    /// <summary>The host does not let the user in.</summary>
    Authentication,

    /// <summary>The registry that the configuration names does not take the login, or not give or take the image.</summary>
    Registry,
}
