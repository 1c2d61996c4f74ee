namespace Lotse.Configuration;

/// <summary>A command that runs once per deploy, with the new image, before anything of the new release starts.</summary>
public sealed record MigrateConfig
{
    /// <summary>The whole command, as a shell would read it; the image's own entry point is not used.</summary>
    public required string Command { get; init; }

    /// <summary>How long it may take; default 300 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>The role whose environment, volumes and first host it has; null for the primary role.</summary>
    public string? Role { get; init; }
}
