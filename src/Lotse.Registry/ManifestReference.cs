namespace Lotse.Registry;

/// <summary>Names one manifest: a repository and either a tag or a digest in it.</summary>
/// <param name="Repository">Name without registry host, for example <c>shop/web</c>.</param>
/// <param name="TagOrDigest">A tag such as <c>1.2.0</c>, or a digest <c>sha256:…</c>.</param>
public sealed record ManifestReference(string Repository, string TagOrDigest)
{
    /// <summary><c>repository:tag</c> or <c>repository@digest</c>.</summary>
    public override string ToString() =>
        Digest.TryParse(TagOrDigest, out _) ? $"{Repository}@{TagOrDigest}" : $"{Repository}:{TagOrDigest}";
}
