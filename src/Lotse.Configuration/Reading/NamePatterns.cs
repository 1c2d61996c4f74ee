using System.Net;
using System.Text.RegularExpressions;

namespace Lotse.Configuration.Reading;

/// <summary>What names may look like.</summary>
internal static partial class NamePatterns
{
    private const int LongestHost = 253;

    private static readonly string[] EmptySeparators = ["..", "._", "_.", ".-", "-.", "_-", "-_", "___"];

    /// <summary>A service: Kamal's rule, and Docker's that a container's name begins with a letter or digit.</summary>
    public static bool IsService(string name) =>
        name.Length > 0 && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => IsWord(c) || c == '-');

    /// <summary>A part of a container's name.</summary>
    public static bool IsContainerPart(string name) =>
        name.Length > 0 && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => IsWord(c) || c is '-' or '.');

    /// <summary>
    /// A repository without tag, with or without its registry:
    /// <see href="https://pkg.go.dev/github.com/distribution/reference"/>.
    /// </summary>
    public static bool IsRepository(string name)
    {
        var parts = name.Split('/');
        return parts.Skip(parts.Length > 1 && IsRegistry(parts[0]) ? 1 : 0).All(IsRepositoryPart);
    }

    /// <summary>An environment variable or a secret.</summary>
    public static bool IsVariable(string name) =>
        name.Length > 0
        && !char.IsAsciiDigit(name[0])
        && IsWord(name[0])
        && name.All(c => IsWord(c) || c is '-' or '.');

    public static bool IsAlias(string name) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_');

    public static bool IsRestartPolicy(string text) => RestartPolicy().IsMatch(text);

    public static bool IsDockerSize(string text) => DockerSize().IsMatch(text);

    public static bool IsPortMapping(string text)
    {
        var match = PortMapping().Match(text);
        return match.Success && IsPort(match.Groups["host"].Value) && IsPort(match.Groups["container"].Value);
    }

    /// <summary>
    /// A host's name or address. Four numbers must be an IPv4 address, so that a typing mistake is no host name.
    /// </summary>
    public static bool IsHost(string name) =>
        name.Contains(':', StringComparison.Ordinal) || name.All(c => char.IsAsciiDigit(c) || c == '.')
            ? IPAddress.TryParse(name, out _)
            : name.Length <= LongestHost && name.Split('.').All(IsHostLabel);

    private static bool IsHostLabel(string label) =>
        label.Length > 0 && IsWord(label[0]) && IsWord(label[^1]) && label.All(c => IsWord(c) || c == '-');

    /// <summary>As Docker tells: only a dot, a port or localhost makes the first part a registry.</summary>
    private static bool IsRegistry(string name)
    {
        var parts = name.Split(':');
        return (name.AsSpan().ContainsAny('.', ':') || name == "localhost")
            && parts.Length <= 2
            && IsHost(parts[0])
            && (parts.Length == 1 || IsPort(parts[1]));
    }

    private static bool IsRepositoryPart(string part) =>
        part.Length > 0
        && IsLowerOrDigit(part[0])
        && IsLowerOrDigit(part[^1])
        && part.All(c => IsLowerOrDigit(c) || c is '.' or '_' or '-')
        && !EmptySeparators.Any(s => part.Contains(s, StringComparison.Ordinal));

    private static bool IsLowerOrDigit(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c);

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    private static bool IsPort(string text) => int.TryParse(text, out var port) && port is >= 1 and <= 65535;

    [GeneratedRegex(@"\A(no|always|unless-stopped|on-failure(:\d+)?)\z", RegexOptions.CultureInvariant)]
    private static partial Regex RestartPolicy();

    [GeneratedRegex(@"\A\d+[bkmgBKMG]?\z", RegexOptions.CultureInvariant)]
    private static partial Regex DockerSize();

    [GeneratedRegex(
        @"\A(([0-9.]+|\[[0-9A-Fa-f:.]+\]):)?(?<host>\d{1,5}):(?<container>\d{1,5})(/(tcp|udp|sctp))?\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex PortMapping();
}
