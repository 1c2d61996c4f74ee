using System.Diagnostics.CodeAnalysis;

namespace Nuke.Common.IO;

/// <summary>
/// An absolute path of a file or directory, normalised: no <c>.</c>, no <c>..</c>, no trailing separator.
/// </summary>
public sealed class AbsolutePath : IEquatable<AbsolutePath>
{
    private static readonly StringComparison Comparison = OperatingSystem.IsWindows()
        ? StringComparison.OrdinalIgnoreCase
        : StringComparison.Ordinal;

    private readonly string path;

    private AbsolutePath(string path) =>
        this.path = Path.IsPathFullyQualified(path)
            ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))
            : throw new ArgumentException($"Path '{path}' must be rooted", nameof(path));

    /// <summary>The directory that holds this path, or null at the root.</summary>
    public AbsolutePath? Parent => Path.GetDirectoryName(path) is { } parent ? new AbsolutePath(parent) : null;

    /// <summary>Reads an absolute path.</summary>
    /// <param name="path">The path, or null.</param>
    /// <exception cref="ArgumentException">The path is not absolute.</exception>
    [return: NotNullIfNotNull(nameof(path))]
    public static implicit operator AbsolutePath?(string? path) => path is null ? null : new AbsolutePath(path);

    /// <summary>Gives the path as text.</summary>
    /// <param name="path">The path, or null.</param>
    [return: NotNullIfNotNull(nameof(path))]
    public static implicit operator string?(AbsolutePath? path) => path?.path;

    /// <summary>Appends a relative path; <c>..</c> goes up.</summary>
    /// <param name="left">The path to start from.</param>
    /// <param name="right">The relative path; null appends nothing.</param>
    /// <exception cref="ArgumentException">The second path is absolute.</exception>
    public static AbsolutePath operator /(AbsolutePath left, string? right)
    {
        ArgumentNullException.ThrowIfNull(left);
        return Path.IsPathRooted(right)
            ? throw new ArgumentException($"Second path '{right}' must not be rooted", nameof(right))
            : new AbsolutePath(Path.Combine(left.path, right ?? ""));
    }

    /// <summary>Whether two paths are the same, by the file names of this operating system.</summary>
    public static bool operator ==(AbsolutePath? left, AbsolutePath? right) => Equals(left, right);

    /// <summary>Whether two paths differ.</summary>
    public static bool operator !=(AbsolutePath? left, AbsolutePath? right) => !Equals(left, right);

    /// <inheritdoc />
    public bool Equals(AbsolutePath? other) => other is not null && string.Equals(path, other.path, Comparison);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as AbsolutePath);

    /// <inheritdoc />
    public override int GetHashCode() => string.GetHashCode(path, Comparison);

    /// <inheritdoc />
    public override string ToString() => path;
}
