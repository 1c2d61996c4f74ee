using Lotse.Execution.Ports;
using Lotse.Hosts.Ssh.Access;

namespace Lotse.Hosts.Ssh;

/// <summary>Whether what a user keeps on a server is seen by all who deploy there: a lease that others do not see is none.</summary>
internal static class StateRight
{
    private const string Share = $"install -d -m 2770 -g docker {HostFacts.SharedFolder}";

    /// <exception cref="HostException">Others have a folder there that this user may not use.</exception>
    public static void Require(string host, SshLink link, HostFacts facts)
    {
        if (facts.Place == StatePlace.Denied)
        {
            throw new HostException(
                HostFailure.Files,
                host,
                "find what is kept between deploys",
                $"{facts.StateFolder} is there, and the user {link.User} may not write in it: neither would see what the other deploys.",
                $"On the server, as root: `{Share}`, which lets in who may use the engine. A deploy as root does the same for what is in it."
            );
        }
    }

    /// <summary>What there is to say of a folder that is the user's own; null of one that is everybody's.</summary>
    public static string? Judge(SshLink link, HostFacts facts) =>
        facts.Place == StatePlace.Own
            ? $"what is kept between deploys lies in {facts.StateFolder}, which is {link.User}'s own: a deploy by another user does not see it, and the two could run at once.\n"
                + $"  → If others deploy there, too, on the server, as root: `{Share}`, and what is there by now: `mv {facts.StateFolder}/* {HostFacts.SharedFolder}/`."
            : null;
}
