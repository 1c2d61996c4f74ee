namespace Lotse.Registry.Storage;

/// <summary>A manifest that a repository has.</summary>
internal sealed record StoredManifest(Digest Digest, string MediaType, long Size);
