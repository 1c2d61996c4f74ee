using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Lotse.Execution;

namespace Lotse.Nuke.Versions;

/// <summary>The version of a release, and where it comes from.</summary>
/// <param name="Value">The version: also the image's tag and part of the container's name.</param>
/// <param name="Commit">The commit; null when it does not come from one.</param>
/// <param name="IsDirty">Whether files differ from the commit.</param>
/// <param name="Note">What a person should know of how it came about; empty when nothing.</param>
public sealed record ReleaseVersion(string Value, string? Commit, bool IsDirty, string Note = "");

/// <summary>Finds the version of what is about to be released.</summary>
/// <param name="folder">The project's folder.</param>
/// <param name="memory">The folder where computed versions are remembered.</param>
public sealed partial class ReleaseVersions(string folder, string memory)
{
    /// <summary>
    /// The version that was given, else GitVersion's for the commit with the commit's short id. A folder with uncommitted changes has a version
    /// of its own for each state of its files, so that what is deployed is never silently something else.
    /// </summary>
    /// <param name="given">A version given by the user; null when none was.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <exception cref="UserException">The given version cannot be used, or there is no commit to make one from.</exception>
    public async Task<ReleaseVersion> ResolveAsync(string? given, CancellationToken cancellation)
    {
        var git = new GitRepository(folder);
        var commit = await git.GetCommitAsync(cancellation);
        if (given is not null)
        {
            return new ReleaseVersion(Checked(given), commit, IsDirty: false);
        }

        if (commit is null)
        {
            throw new UserException(
                "There is no version: this folder has no git commit.",
                "Commit your work (`git init && git add -A && git commit`), or give one: `--version 1.0.0`."
            );
        }

        var (number, note) = await NumberAsync(git, commit, cancellation);
        var version = $"{number.Replace('+', '-')}-g{commit[..7]}";
        var tree = await git.GetDirtyTreeAsync(cancellation);
        return tree is null
            ? new ReleaseVersion(version, commit, IsDirty: false, note)
            : new ReleaseVersion($"{version}-dirty-{tree[..8]}", commit, IsDirty: true, note);
    }

    /// <summary>A Docker tag (<see href="https://docs.docker.com/reference/cli/docker/image/tag/"/>), short enough for container names.</summary>
    [GeneratedRegex("^[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}$")]
    private static partial Regex Valid();

    private static string Checked(string version) =>
        Valid().IsMatch(version)
            ? version
            : throw new UserException(
                $"'{version}' cannot be a version.",
                "Use letters, digits, dots, dashes and underscores, at most 80, and begin with a letter or digit."
            );

    private async Task<(string Number, string Note)> NumberAsync(
        GitRepository git,
        string commit,
        CancellationToken cancellation
    )
    {
        var refs = await git.GetRefsAsync(cancellation);
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(commit + refs)))[..16];
        var file = Path.Combine(memory, key);
        if (File.Exists(file))
        {
            return (await File.ReadAllTextAsync(file, cancellation), "");
        }

        var (number, reason) = await new GitVersionTool(folder, memory).ComputeAsync(cancellation);
        if (number is null)
        {
            return ("0.0.0", $"No version number from GitVersion ({reason}): using 0.0.0 and the commit's id.");
        }

        Directory.CreateDirectory(memory);
        await File.WriteAllTextAsync(file, number, cancellation);
        return (number, "");
    }
}
