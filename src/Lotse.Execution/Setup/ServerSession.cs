using Lotse.Execution.Leases;
using Lotse.Execution.Ports;
using Lotse.Planning.Setup;

namespace Lotse.Execution.Setup;

/// <summary>A server that is being set up: a connection as a user who may become root.</summary>
internal sealed class ServerSession(SetupServices services, SetupRequest request, IServerShell shell) : IAsyncDisposable
{
    private const int TailLines = 15;
    private readonly Stack<Lease> leases = [];
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan FactsLimit = TimeSpan.FromSeconds(60);

    public string Host => shell.Host;

    public string? Address => shell.Address;

    /// <summary>
    /// Holds the server against other set-ups, or against deploys, until this session ends or <see cref="GiveBackAsync"/>.
    /// </summary>
    /// <param name="folder">The folder of the lease.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="LeaseHeldException">Somebody else holds it.</exception>
    public async Task HoldAsync(string folder, CancellationToken cancellation)
    {
        var wanted = new LeaseRequest(services.Ids.Next(), services.Performer, "ServerSetup");
        leases.Push(
            await Lease.AcquireAsync(
                Host,
                shell.Store(folder),
                wanted,
                null,
                services.Processes,
                new HostTime(() => shell.ClockAhead, services.Time),
                cancellation
            )
        );
    }

    /// <summary>Makes sure that the server is still held.</summary>
    public async Task ConfirmAsync(CancellationToken cancellation)
    {
        try
        {
            foreach (var lease in leases)
            {
                await lease.ConfirmAsync(cancellation);
            }
        }
        catch (LeaseLostException)
        {
            throw Failure(
                "hold the server",
                "somebody else has taken it over meanwhile",
                "Wait until they are done, and run ServerSetup again."
            );
        }
    }

    /// <summary>Gives back what was held last, down to so many.</summary>
    public async Task GiveBackAsync(int down)
    {
        while (leases.Count > down)
        {
            try
            {
                await leases.Pop().DisposeAsync();
            }
            catch (HostException)
            {
                // It ends by itself within half a minute.
            }
        }
    }

    /// <summary>Logs in as the first user who is let in.</summary>
    /// <exception cref="HostException">None is; it tells what became of the first.</exception>
    public static async Task<ServerSession> OpenAsync(
        SetupServices services,
        SetupRequest request,
        string host,
        CancellationToken cancellation
    )
    {
        HostException? first = null;
        foreach (var user in request.Logins)
        {
            try
            {
                return new ServerSession(
                    services,
                    request,
                    await services.Servers.ConnectAsync(host, user, cancellation)
                );
            }
            catch (HostException refused)
            {
                first ??= refused;
            }
        }

        throw first ?? throw new InvalidOperationException("There must be a user to log in as.");
    }

    /// <summary>Asks for the facts.</summary>
    public async Task<ServerFacts> GetFactsAsync(CancellationToken cancellation)
    {
        const string Action = "look at the server";
        var script = FactsScript.For(request.Settings.DeployUser);
        var answer = await shell.RunAsync(Action, script, FactsLimit, cancellation);
        if (answer.ExitCode == RootScript.NoRight)
        {
            throw Failure(
                Action,
                answer.Error,
                "Log in as root or as another user with passwordless sudo: --setup-login NAME."
            );
        }

        var facts =
            FactsParser.Parse(Host, answer.Output, services.Time.GetUtcNow())
            ?? throw Failure(
                Action,
                Tail(answer),
                $"The login as {shell.User} runs no scripts. Clouds often want another user: --setup-login ubuntu, "
                    + "or debian, or admin."
            );
        return facts with { Addresses = [.. facts.Addresses.Union(shell.KnownAddresses)] };
    }

    /// <summary>Runs a script that must succeed, and returns what it printed.</summary>
    public async Task<string> RunAsync(
        string action,
        string script,
        string cure,
        TimeSpan limit,
        CancellationToken cancellation
    )
    {
        var answer = await shell.RunAsync(action, script, limit, cancellation);
        return answer.ExitCode == 0 ? answer.Output : throw Failure(action, Tail(answer), cure);
    }

    /// <summary>The same server over a connection of its own, as the same user or another.</summary>
    public async Task<ServerSession> ReconnectAsync(string? user, CancellationToken cancellation) =>
        new(services, request, await services.Servers.ConnectAsync(Host, user ?? shell.User, cancellation));

    /// <summary>
    /// The same, tried again for a while: an SSH server that reads its settings anew does not listen meanwhile.
    /// </summary>
    public async Task<ServerSession> ReconnectAsync(TimeSpan patience, CancellationToken cancellation)
    {
        var start = services.Time.GetTimestamp();
        while (true)
        {
            try
            {
                return await ReconnectAsync(null, cancellation);
            }
            catch (HostException) when (services.Time.GetElapsedTime(start) < patience)
            {
                await Task.Delay(Pause, services.Time, cancellation);
            }
        }
    }

    public HostException Failure(string action, string evidence, string cure) =>
        new(HostFailure.Setup, Host, action, evidence, cure);

    public void Say(string text, bool isDone) => services.Observer.Report(new SetupEvent(Host, text, isDone));

    public async ValueTask DisposeAsync()
    {
        await GiveBackAsync(0);
        await shell.DisposeAsync();
    }

    private static string Tail(CommandResult answer)
    {
        var lines = $"{answer.Output}\n{answer.Error}".Split('\n').Select(l => l.TrimEnd()).Where(l => l.Length > 0);
        var tail = string.Concat(lines.TakeLast(TailLines).Select(l => $"\n    | {l}"));
        return $"exit code {answer.ExitCode}{tail}";
    }
}
