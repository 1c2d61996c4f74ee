namespace Lotse.Registry;

/// <summary>
/// An operation of the registry or its store failed; the message says what, where and what to do next.
/// </summary>
public sealed class RegistryException : Exception
{
    /// <summary>Creates the failure.</summary>
    public RegistryException(RegistryFault fault, string message, Exception? cause = null)
        : base(message, cause) => Fault = fault;

    /// <summary>What kind of failure this is.</summary>
    public RegistryFault Fault { get; }

    /// <summary>The digests the failure is about, for example the content a manifest misses; often empty.</summary>
    public IReadOnlyList<Digest> Digests { get; init; } = [];
}
