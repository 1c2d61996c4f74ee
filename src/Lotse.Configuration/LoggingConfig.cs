using System.Collections.Immutable;

namespace Lotse.Configuration;

/// <summary>Where containers log to.</summary>
public sealed record LoggingConfig
{
    /// <summary>When nothing is configured: <c>json-file</c>, rotated at 10 MB.</summary>
    public static LoggingConfig Default { get; } =
        new()
        {
            Driver = "json-file",
            Options = ImmutableSortedDictionary<string, string>.Empty.Add("max-size", "10m"),
        };

    /// <summary>The log driver; null for the engine's default.</summary>
    public string? Driver { get; init; }

    /// <summary>The driver's options.</summary>
    public ImmutableSortedDictionary<string, string> Options { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>Whether a hook's output is shown.</summary>
public enum HookOutput
{
    /// <summary>Only when the hook fails.</summary>
    Quiet,

    /// <summary>Always.</summary>
    Verbose,
}

/// <summary>Where the deploy's own log goes beside the console.</summary>
public sealed record OutputConfig
{
    /// <summary>An OTLP endpoint over HTTP; null for none.</summary>
    public string? OtelEndpoint { get; init; }

    /// <summary>A folder for log files; null for none.</summary>
    public string? FilePath { get; init; }
}
