namespace Lotse.Configuration;

/// <summary>
/// A value that must not be seen. Printing, serialising or debugging it shows nothing; <see cref="Unwrap"/> is called
/// at the wire and nowhere else.
/// </summary>
public sealed class Secret : IEquatable<Secret>
{
    private readonly string value;

    /// <summary>Hides a value.</summary>
    public Secret(string value) => this.value = value;

    /// <summary>The value itself.</summary>
    public string Unwrap() => value;

    /// <summary>Always <c>[redacted]</c>.</summary>
    public override string ToString() => "[redacted]";

    /// <inheritdoc/>
    public bool Equals(Secret? other) =>
        other is not null && string.Equals(value, other.value, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Secret);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
}

/// <summary>A user name or key that the configuration gives either by the name of a secret or as it is.</summary>
/// <param name="SecretName">The secret's name; null when the value stands in the file.</param>
/// <param name="Literal">The value from the file; null when it is a secret.</param>
public sealed record Credential(string? SecretName, Secret? Literal);
