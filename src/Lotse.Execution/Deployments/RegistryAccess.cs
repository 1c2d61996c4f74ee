using Lotse.Configuration;
using Lotse.Execution.Ports;

namespace Lotse.Execution.Deployments;

/// <summary>
/// Whether a registry lets engines in, and why what an engine wanted of it failed. Engines answer most failures alike, and with a text only; so the registry is
/// asked once more whether it takes the login, which tells them apart.
/// </summary>
internal sealed class RegistryAccess(RegistryLogin login, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Tries the login on this machine's engine and on those of hosts that are to pull; gives what is wrong.</summary>
    public async Task<IReadOnlyList<string>> FindProblemsAsync(
        IContainerEngine builder,
        IEnumerable<IHost> hosts,
        CancellationToken cancellation
    )
    {
        var asking = Task.WhenAll(
            hosts.Where(h => !h.IsBuilder).Select(async h => (h.Name, Answer: await AskAsync(h.Engine, cancellation)))
        );
        var own = await AskAsync(builder, cancellation);
        var others = await asking;
        // A login that is refused here would be refused there, too: once is enough.
        var failed =
            own.Outcome == LoginOutcome.Accepted
                ? others.Where(o => o.Answer.Outcome != LoginOutcome.Accepted)
                : [(HostConfig.LocalName, own)];
        return [.. failed.Select(f => Describe(f.Name, f.Answer))];
    }

    /// <summary>Pushes or pulls; a failure that the registry has part in says what to do about it.</summary>
    /// <param name="engine">The engine at work.</param>
    /// <param name="repository">The image's repository on the registry.</param>
    /// <param name="right">What the user must be allowed to do there: <c>write to</c> or <c>read</c>.</param>
    /// <param name="transfer">Pushes or pulls.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task ExplainAsync(
        IContainerEngine engine,
        string repository,
        string right,
        Func<Task> transfer,
        CancellationToken cancellation
    )
    {
        try
        {
            await transfer();
        }
        catch (HostException failed) when (failed.Failure is HostFailure.Engine or HostFailure.ImageNotFound)
        {
            var answer = await AskAsync(engine, cancellation);
            var cure =
                answer.Outcome == LoginOutcome.Accepted
                    ? $"The registry lets {login.Who} in. Where the engine says that it was denied, see to it that {login.Who} may {right} {login.Address}/{repository}. Some registries want a repository made before the first push. Anything else is as the engine says."
                    : CureFor(failed.Host, answer.Outcome);
            throw new HostException(HostFailure.Registry, failed.Host, failed.Action, failed.Evidence, cure, failed);
        }
    }

    private string Describe(string host, LoginAnswer answer) =>
        new HostException(
            HostFailure.Registry,
            host,
            $"log in to the registry {login.Host} as {login.Who}",
            answer.Evidence,
            CureFor(host, answer.Outcome)
        ).Message.ReplaceLineEndings("\n    ");

    private string CureFor(string host, LoginOutcome outcome) =>
        outcome switch
        {
            LoginOutcome.Refused =>
                $"The registry answers, and does not take this login: check {login.Origin}. A token may have expired.",
            LoginOutcome.NameUnknown =>
                $"Nobody knows that name here: check registry.server and this machine's name resolution.",
            LoginOutcome.OutOfReach =>
                $"Nothing answers there: check registry.server, that the registry runs, and that no firewall stands between.",
            LoginOutcome.Untrusted =>
                $"Its certificate is not trusted here. Put its authority's certificate in /etc/docker/certs.d/{login.Host}/ca.crt on every host; one that speaks no TLS at all must be among insecure-registries in /etc/docker/daemon.json.",
            _ when host != HostConfig.LocalName =>
                $"This machine's engine is let in with the same login, so it is the way from {host} to the registry that fails: check name, network and certificate there, for example with `curl -v https://{login.Host}/v2/`.",
            _ => $"Check registry.server, and what `curl -v https://{login.Host}/v2/` says on this machine.",
        };

    private async Task<LoginAnswer> AskAsync(IContainerEngine engine, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            return await engine.LoginAsync(login, linked.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return new LoginAnswer(LoginOutcome.OutOfReach, $"no answer within {Patience.TotalSeconds:0} s");
        }
    }
}
