using System.Collections.Immutable;
using Lotse.Execution.Ports;
using Lotse.Hosts.Images.Dockerfiles;

namespace Lotse.Hosts.Images.Context;

/// <summary>A build's input, read and checked: the Dockerfile and which files are sent.</summary>
internal sealed record BuildContext
{
    public required string Folder { get; init; }

    public required Dockerfile Dockerfile { get; init; }

    /// <summary>The Dockerfile's full path on this machine.</summary>
    public required string DockerfilePath { get; init; }

    /// <summary>The Dockerfile's name within what is sent.</summary>
    public required string DockerfileName { get; init; }

    /// <summary>The files of the folder that are sent, in order.</summary>
    public required ImmutableArray<ContextEntry> Entries { get; init; }

    /// <summary>Files that are sent but are not in the folder, name to content.</summary>
    public required ImmutableSortedDictionary<string, string> Added { get; init; }
}

/// <summary>One file, folder or symbolic link of the context.</summary>
/// <param name="Name">Its path below the context, with forward slashes.</param>
/// <param name="Path">Its path on this machine.</param>
/// <param name="Kind">What it is.</param>
/// <param name="LinkTarget">Where a symbolic link points; null for others.</param>
/// <param name="BuilderOnly">Whether the ignore patterns leave it out, and only the builder itself reads it.</param>
internal sealed record ContextEntry(
    string Name,
    string Path,
    ContextEntryKind Kind,
    string? LinkTarget = null,
    bool BuilderOnly = false
);

internal enum ContextEntryKind
{
    File,
    Folder,
    Link,
}

/// <summary>Reads a build's input from the disk, and finds what is wrong with it before anything is sent.</summary>
internal static class BuildContextReader
{
    private const string IgnoreFile = ".dockerignore";

    /// <summary>The name of a Dockerfile from elsewhere within what is sent; the builder is told to leave it out of copies.</summary>
    private const string ForeignDockerfile = ".lotse.dockerfile";

    public static BuildContext Read(BuildRequest request)
    {
        var folder = Path.GetFullPath(request.ContextDirectory);
        if (!Directory.Exists(folder))
        {
            var fact = File.Exists(folder) ? "is no folder" : "does not exist";
            throw Wrong($"The build context {folder} {fact}.", "Correct builder.context in the configuration.");
        }

        var dockerfile = ReadDockerfile(request);
        var file = DockerfilePath(request);
        var ignoreText = ReadIgnore(folder, file);
        var ignore = ignoreText is null ? DockerIgnore.None : DockerIgnore.Parse(ignoreText.Text, ignoreText.Path);
        var inside = RelativeName(folder, file);
        // The builder reads these two from what is sent, and leaves them out of copies itself where the patterns say so.
        var entries = ContextScan.Find(
            folder,
            ignore,
            keep: [IgnoreFile, .. inside is null ? Array.Empty<string>() : [inside]]
        );
        CheckNotEmpty(dockerfile, entries, inside, ignoreText?.Path, folder);
        return new()
        {
            Folder = folder,
            Dockerfile = dockerfile,
            DockerfilePath = file,
            DockerfileName = inside ?? ForeignDockerfile,
            Entries = inside is null ? entries.RemoveAll(e => e.Name == IgnoreFile) : entries,
            Added = inside is null ? Foreign(file, ignoreText?.Text) : ImmutableSortedDictionary<string, string>.Empty,
        };
    }

    public static Dockerfile ReadDockerfile(BuildRequest request)
    {
        var path = DockerfilePath(request);
        if (!File.Exists(path))
        {
            throw new BuildFailedException(
                BuildFailure.DockerfileMissing,
                $"There is no Dockerfile at {path}.",
                "Create it, or correct builder.dockerfile in the configuration."
            );
        }

        var shown = Path.GetRelativePath(Path.GetFullPath(request.ContextDirectory), path);
        return DockerfileParser.Parse(
            File.ReadAllText(path),
            shown.StartsWith("..", StringComparison.Ordinal) ? path : shown
        );
    }

    private static string DockerfilePath(BuildRequest request) =>
        Path.GetFullPath(request.DockerfilePath, Path.GetFullPath(request.ContextDirectory));

    private sealed record IgnoreText(string Text, string Path);

    private static IgnoreText? ReadIgnore(string folder, string dockerfile) =>
        new[] { dockerfile + IgnoreFile, Path.Combine(folder, IgnoreFile) }.FirstOrDefault(File.Exists) is { } path
            ? new(File.ReadAllText(path), path)
            : null;

    private static string? RelativeName(string folder, string file)
    {
        var relative = Path.GetRelativePath(folder, file).Replace('\\', '/');
        return relative.StartsWith("../", StringComparison.Ordinal) || Path.IsPathRooted(relative) ? null : relative;
    }

    private static ImmutableSortedDictionary<string, string> Foreign(string dockerfile, string? ignore) =>
        ImmutableSortedDictionary.CreateRange(
            StringComparer.Ordinal,
            new Dictionary<string, string>
            {
                [ForeignDockerfile] = File.ReadAllText(dockerfile),
                [IgnoreFile] = ignore is null
                    ? $"{IgnoreFile}\n{ForeignDockerfile}\n"
                    : $"{ignore.TrimEnd('\n')}\n{ForeignDockerfile}\n",
            }
        );

    private static void CheckNotEmpty(
        Dockerfile dockerfile,
        ImmutableArray<ContextEntry> entries,
        string? dockerfileName,
        string? ignorePath,
        string folder
    )
    {
        if (entries.Any(e => e.Name != IgnoreFile && e.Name != dockerfileName))
        {
            return;
        }

        if (dockerfile.Instructions.FirstOrDefault(TakesFromContext) is { } copy)
        {
            throw Wrong(
                ignorePath is null
                    ? $"The build context {folder} is empty, and {dockerfile.Path}:{copy.Line} copies from it."
                    : $"{ignorePath} leaves nothing of {folder}, and {dockerfile.Path}:{copy.Line} copies from it.",
                ignorePath is null
                    ? "Build or put there what is to be copied."
                    : "Take the files in again with !pattern."
            );
        }
    }

    private static bool TakesFromContext(Instruction instruction) =>
        instruction.Keyword is "COPY" or "ADD"
        && instruction.Flag("from") is null
        && !instruction.Arguments.Contains("<<", StringComparison.Ordinal)
        && !instruction.Arguments.Contains("://", StringComparison.Ordinal);

    private static BuildFailedException Wrong(string fact, string cure) => new(BuildFailure.Context, fact, cure);
}
