namespace Lotse.Configuration;

/// <summary>What is to be read.</summary>
public sealed record ConfigRequest
{
    /// <summary>The project's folder, absolute: all paths of the configuration start there.</summary>
    public required string RootDirectory { get; init; }

    /// <summary>The destination; null for none.</summary>
    public string? Destination { get; init; }

    /// <summary>
    /// The configuration file, relative to the root; an overlay stands beside it, as <c>deploy.staging.yml</c>.
    /// </summary>
    public string ConfigFile { get; init; } = "config/deploy.yml";

    /// <summary>The environment that secrets files may refer to.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Runs the commands of secrets files.</summary>
    public required ShellRunner RunCommand { get; init; }

    /// <summary>Whether the secrets are needed; when not, no secrets file is read and no command is run.</summary>
    public bool ReadsSecrets { get; init; } = true;
}

/// <summary>
/// Runs a shell command in the project's folder and waits for its end. The command may hold secrets that an earlier
/// line gave: hand it to the shell's standard input or a pipe, never as an argument.
/// </summary>
public delegate ShellResult ShellRunner(string command);

/// <summary>How a shell command ended.</summary>
/// <param name="ExitCode">0 for success.</param>
/// <param name="Output">What it wrote to stdout: taken for secret.</param>
/// <param name="Error">What it wrote to stderr: shown when it failed.</param>
public sealed record ShellResult(int ExitCode, string Output, string Error);
