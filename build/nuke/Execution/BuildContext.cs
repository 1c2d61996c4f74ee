using Nuke.Common.IO;
using Nuke.Common.Parameters;

namespace Nuke.Common.Execution;

/// <summary>
/// Everything a build takes from the outside. The static members of <see cref="NukeBuild" /> read it.
/// </summary>
internal sealed class BuildContext
{
    private const string Root = "Root";

    private static BuildContext? current;

    private readonly CommandLine commandLine;
    private readonly Lazy<AbsolutePath> rootDirectory;
    private readonly Lazy<Host> host;
    private readonly Lazy<Verbosity> verbosity;
    private readonly Lazy<string[]> profiles;

    public BuildContext(
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        AbsolutePath workingDirectory
    )
    {
        Environment = environment;
        WorkingDirectory = workingDirectory;
        commandLine = new(arguments);
        rootDirectory = new(FindRoot);
        host = new(FindHost);
        verbosity = new(() => Call<Verbosity?>(nameof(NukeBuild.Verbosity)) ?? Verbosity.Normal);
        profiles = new(() => Call<string[]>("Profile") ?? []);
        Parameters = new(
            commandLine,
            new EnvironmentVariables(environment),
            new Lazy<ParameterFiles>(() => new(NukeDirectory, profiles.Value)),
            workingDirectory,
            rootDirectory
        );
        Injection = new(Parameters);
    }

    /// <summary>The context of the running build; of the process, where none was set.</summary>
    public static BuildContext Current => current ??= ProcessContext.Create();

    public IReadOnlyDictionary<string, string> Environment { get; }

    public AbsolutePath WorkingDirectory { get; }

    public TextWriter Output { get; init; } = TextWriter.Null;

    public bool IsOutputRedirected { get; init; } = true;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public AbsolutePath? AssemblyFile { get; init; }

    /// <summary>Shows a file to the user with the desktop's program for it; null where there is no desktop.</summary>
    public Action<AbsolutePath>? Open { get; init; }

    /// <summary>
    /// Calls an action when the user interrupts the build, until disposed; null where nothing interrupts.
    /// </summary>
    public Func<Action, IDisposable>? OnInterrupt { get; init; }

    public ParameterSource Parameters { get; }

    public ValueInjection Injection { get; }

    public AbsolutePath RootDirectory => rootDirectory.Value;

    public AbsolutePath NukeDirectory => RootDirectory / ".nuke";

    public AbsolutePath TemporaryDirectory => Directory.CreateDirectory(NukeDirectory / "temp").FullName;

    public Host Host => host.Value;

    public Verbosity Verbosity => verbosity.Value;

    public string[] Profiles => profiles.Value;

    public bool UsesColours =>
        !IsOutputRedirected && Environment.GetValueOrDefault("TERM", "").StartsWith("xterm", StringComparison.Ordinal);

    /// <summary>Makes a context the current one until disposed.</summary>
    public static IDisposable Enter(BuildContext context)
    {
        var previous = current;
        current = context;
        return new Scope(() => current = previous);
    }

    private T? Call<T>(string name)
    {
        try
        {
            return (T?)Parameters.ReadCall(name, typeof(T));
        }
        catch (FormatException exception)
        {
            throw new BuildException($"--{name.ToLowerInvariant()}: {exception.Message}");
        }
    }

    private AbsolutePath FindRoot()
    {
        if (Call<AbsolutePath>(Root) is { } given)
            return given;
        if (commandLine.Named(Root) != null)
            return WorkingDirectory;

        for (var directory = WorkingDirectory; directory != null; directory = directory.Parent)
        {
            if (Path.Exists(directory / ".nuke"))
                return directory;
        }

        throw new BuildException(
            $"Could not locate '.nuke' directory while walking up from '{WorkingDirectory}'.\n"
                + "Create one to mark the root directory, or add '--root [path]'."
        );
    }

    private Host FindHost()
    {
        var name = Call<string>(nameof(Host));
        if (Host.All.FirstOrDefault(x => x.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } known)
            return known;

        // A variable HOST is often the machine's name: only the command line can be wrong about it.
        if (commandLine.Named(nameof(Host)) != null)
            throw new BuildException($"--host: '{name}' is none of {string.Join(", ", Host.All)}");

        return Environment.ContainsKey("GITHUB_ACTIONS") ? Host.GitHubActions : Host.Terminal;
    }
}
