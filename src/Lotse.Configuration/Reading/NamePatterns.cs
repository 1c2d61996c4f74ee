using System.Net;
using System.Text.RegularExpressions;

namespace Lotse.Configuration.Reading;

/// <summary>What names may look like.</summary>
internal static partial class NamePatterns
{
    /// <summary>A service: Kamal's rule, and Docker's that a container's name begins with a letter or digit.</summary>
    public static bool IsService(string name) => Service().IsMatch(name);

    /// <summary>A part of a container's name.</summary>
    public static bool IsContainerPart(string name) => ContainerPart().IsMatch(name);

    /// <summary>A repository without tag: <see href="https://pkg.go.dev/github.com/distribution/reference"/>.</summary>
    public static bool IsRepository(string name) => Repository().IsMatch(name);

    /// <summary>An environment variable or a secret.</summary>
    public static bool IsVariable(string name) => Variable().IsMatch(name);

    public static bool IsAlias(string name) => Alias().IsMatch(name);

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
        name.Contains(':', StringComparison.Ordinal) || DottedNumbers().IsMatch(name)
            ? IPAddress.TryParse(name, out _)
            : name.Length <= 253 && HostName().IsMatch(name);

    private static bool IsPort(string text) => int.TryParse(text, out var port) && port is >= 1 and <= 65535;

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Service();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_.-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex ContainerPart();

    [GeneratedRegex(
        @"\A([A-Za-z0-9.-]+(:\d+)?/)?[a-z0-9]+((\.|_{1,2}|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_{1,2}|-+)[a-z0-9]+)*)*\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Repository();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_.-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();

    [GeneratedRegex(@"\A[a-z0-9_-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Alias();

    [GeneratedRegex(@"\A(no|always|unless-stopped|on-failure(:\d+)?)\z", RegexOptions.CultureInvariant)]
    private static partial Regex RestartPolicy();

    [GeneratedRegex(@"\A\d+[bkmgBKMG]?\z", RegexOptions.CultureInvariant)]
    private static partial Regex DockerSize();

    [GeneratedRegex(
        @"\A(([0-9.]+|\[[0-9A-Fa-f:.]+\]):)?(?<host>\d{1,5}):(?<container>\d{1,5})(/(tcp|udp|sctp))?\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex PortMapping();

    [GeneratedRegex(@"\A[0-9.]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex DottedNumbers();

    [GeneratedRegex(@"\A[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?\z")]
    private static partial Regex HostName();
}
