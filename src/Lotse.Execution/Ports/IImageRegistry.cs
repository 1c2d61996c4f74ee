using System.Collections.Immutable;

namespace Lotse.Execution.Ports;

/// <summary>A registry that images travel through: the embedded one, or one that the configuration names.</summary>
public interface IImageRegistry
{
    /// <summary>The login that engines push and pull with; null when it asks for none.</summary>
    RegistryLogin? Login => null;

    /// <summary>Starts it, when it does not run yet, and returns its address, <c>host:port</c>.</summary>
    Task<string> StartAsync(CancellationToken cancellation);

    /// <summary>The address by which a host reaches it, once it is started; null where the host lets nothing reach it: images go there as archives.</summary>
    Task<string?> ReachAsync(IHost host, CancellationToken cancellation);

    /// <summary>Takes the way back by which a host reaches it: the host has all that it needs.</summary>
    Task LeaveAsync(IHost host, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Opens an image that was pushed, to be sent as an archive. Asked only of a registry that some host cannot reach.</summary>
    /// <param name="reference">Which one: <c>repository@sha256:…</c>.</param>
    /// <param name="name">The name it gets where it is loaded.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<IImageArchive> OpenArchiveAsync(string reference, string name, CancellationToken cancellation) =>
        throw new NotSupportedException("Every host reaches this registry.");

    /// <summary>The layers of an image that was pushed, lowest first; none where that is not known.</summary>
    /// <param name="reference">Which one: <c>repository@sha256:…</c>.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<ImmutableArray<PackedLayer>> ListLayersAsync(string reference, CancellationToken cancellation) =>
        Task.FromResult(ImmutableArray<PackedLayer>.Empty);

    /// <summary>Removes what no kept version of a repository needs.</summary>
    Task PruneAsync(string repository, IReadOnlyCollection<string> keepTags, CancellationToken cancellation);
}

/// <summary>A layer of an image in a registry.</summary>
/// <param name="Digest">The digest of what it is once it is unpacked, by which engines know it.</param>
/// <param name="Bytes">Its size as it travels, packed.</param>
public sealed record PackedLayer(string Digest, long Bytes);
