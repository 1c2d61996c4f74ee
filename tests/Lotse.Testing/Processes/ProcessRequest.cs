namespace Lotse.Testing.Processes;

/// <summary>What to start.</summary>
public sealed record ProcessRequest
{
    /// <summary>A path, or a name to look up in PATH.</summary>
    public required string FileName { get; init; }

    /// <summary>Passed as they are, without a shell.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Added to this process's own environment; null removes a variable.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>By default this process's own.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Written to standard input, which is closed after it; by default standard input is empty.</summary>
    public string Input { get; init; } = "";

    /// <summary>Measures offsets and time limits.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <inheritdoc/>
    public override string ToString() => string.Join(' ', [FileName, .. Arguments]);
}
