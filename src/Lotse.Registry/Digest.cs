using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Lotse.Registry;

/// <summary>
/// The SHA-256 digest of a piece of content, the only algorithm this registry stores
/// (OCI image spec, descriptor.md, "Digests").
/// </summary>
public sealed record Digest
{
    private const string Prefix = "sha256:";
    private const int HexLength = 64;

    private Digest(string hex) => Hex = hex;

    /// <summary>The 64 lower-case hexadecimal digits, without the algorithm.</summary>
    public string Hex { get; }

    /// <summary>Reads <c>sha256:</c> followed by 64 lower-case hexadecimal digits.</summary>
    /// <returns>False for any other text, including another algorithm.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Digest? digest)
    {
        digest = null;
        if (text is null || !text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        digest = TryFromHex(text[Prefix.Length..]);
        return digest is not null;
    }

    /// <summary>Reads a digest or says why it is none.</summary>
    /// <exception cref="RegistryException"><see cref="RegistryFault.DigestInvalid"/>.</exception>
    public static Digest Parse(string? text) =>
        TryParse(text, out var digest)
            ? digest
            : throw new RegistryException(
                RegistryFault.DigestInvalid,
                $"'{text}' is not a digest this registry stores. Expected sha256: and 64 lower-case hex digits."
            );

    /// <summary>The digest in its written form, <c>sha256:…</c>.</summary>
    public override string ToString() => Prefix + Hex;

    internal static Digest Of(ReadOnlySpan<byte> content) => FromHash(SHA256.HashData(content));

    internal static Digest FromHash(ReadOnlySpan<byte> hash) => new(Convert.ToHexStringLower(hash));

    internal static Digest? TryFromHex(string hex) =>
        hex.Length == HexLength && hex.All(char.IsAsciiHexDigitLower) ? new Digest(hex) : null;
}
