namespace Lotse.Configuration;

/// <summary>How much a problem matters.</summary>
public enum Severity
{
    /// <summary>The configuration can be used; the person should know.</summary>
    Warning,

    /// <summary>The configuration cannot be used.</summary>
    Error,
}

/// <summary>
/// One thing that is wrong in the configuration or in the secrets, and what to do about it. It never holds a secret's
/// value.
/// </summary>
public sealed record Problem
{
    /// <summary>Whether the configuration can be used in spite of it.</summary>
    public Severity Severity { get; init; } = Severity.Error;

    /// <summary>The file, relative to the project's folder, with forward slashes.</summary>
    public required string File { get; init; }

    /// <summary>The line, from 1; 0 when the problem concerns the whole file.</summary>
    public int Line { get; init; }

    /// <summary>The column, from 1; 0 when the problem concerns the whole file.</summary>
    public int Column { get; init; }

    /// <summary>
    /// The key's path, like <c>servers.web.hosts[1]</c>; empty when the file cannot be read that far.
    /// </summary>
    public string Path { get; init; } = "";

    /// <summary>What is wrong, without a full stop.</summary>
    public required string Fact { get; init; }

    /// <summary>What to do about it: whole sentences.</summary>
    public required string Cure { get; init; }

    /// <summary><c>file:line:column path: fact. cure</c></summary>
    public override string ToString()
    {
        var place = Line == 0 ? File : $"{File}:{Line}:{Column}";
        return Path.Length == 0 ? $"{place}: {Fact}. {Cure}" : $"{place} {Path}: {Fact}. {Cure}";
    }
}
