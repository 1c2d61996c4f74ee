using System.Net;
using Docker.DotNet.Models;
using Lotse.Execution.Ports;

namespace Lotse.Hosts.Docker;

/// <summary>Logins for registries in the engine's words. Pure.</summary>
internal static class RegistryLogins
{
    /// <summary>Docker Hub's login server, which is not where its images are.</summary>
    private const string HubServer = "https://index.docker.io/v1/";

    /// <summary>
    /// What goes along with a request as <c>X-Registry-Auth</c>
    /// (<see href="https://docs.docker.com/reference/api/engine/version/v1.41/#section/Authentication"/>).
    /// </summary>
    public static AuthConfig ToAuth(RegistryLogin? login) =>
        login is null
            ? new AuthConfig()
            : new AuthConfig
            {
                Username = login.User.Unwrap(),
                Password = login.Password.Unwrap(),
                ServerAddress = login.IsDockerHub ? HubServer : login.Host,
            };

    /// <summary>
    /// What the status of a login's answer tells. Engines answer 401 when some token servers refuse, and 500 to all else: to other refusals, too.
    /// </summary>
    public static LoginOutcome OutcomeOf(HttpStatusCode status) =>
        status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden ? LoginOutcome.Refused : LoginOutcome.Unclear;
}
