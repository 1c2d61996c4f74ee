using Lotse.Execution.Ports;
using Lotse.Hosts.Ssh.Access;

namespace Lotse.Hosts.Ssh;

/// <summary>Whether a server has an engine that its user may use.</summary>
internal static class EngineRight
{
    /// <exception cref="HostException">It has none, or the user has no right to it.</exception>
    public static void Require(string host, SshLink link, HostFacts facts, CommandResult answer)
    {
        if (facts.StateFolder.Length == 0)
        {
            throw Missing(
                host,
                HostFailure.Engine,
                $"the server's shell did not answer as expected: {answer.Error.Trim()} {answer.Output.Trim()}",
                "The user's login shell must be able to run `sh`."
            );
        }

        if (!facts.HasDocker || facts.Engine == EngineAccess.None)
        {
            var fact = facts.HasDocker
                ? "Docker is installed, and its engine does not run (there is no /var/run/docker.sock)."
                : "there is no `docker` command.";
            var cure = facts.HasDocker
                ? "Start it: `sudo systemctl start docker` on the server."
                : "Set the server up: `./build.sh ServerSetup`.";
            throw Missing(host, HostFailure.Engine, fact, cure);
        }

        if (facts.Engine == EngineAccess.Denied)
        {
            throw Missing(
                host,
                HostFailure.Engine,
                $"the user {link.User} has no right to use the engine.",
                $"On the server: `sudo usermod -aG docker {link.User}`; it holds from the next login on."
            );
        }
    }

    private static HostException Missing(string host, HostFailure failure, string fact, string cure) =>
        new(failure, host, "reach the engine", fact, cure);
}
