using Lotse.Execution.Ports;

namespace Lotse.Execution.Leases;

/// <summary>
/// The right to change a service on a host: held by one deployer at a time, renewed by heartbeats, given back on disposal,
/// and ending by itself when its holder dies.
/// </summary>
public sealed partial class Lease : IAsyncDisposable
{
    /// <summary>Its file in the host's store.</summary>
    internal const string FileName = "lease.json";

    private readonly IHostStore store;
    private readonly TimeProvider time;
    private readonly SemaphoreSlim turn = new(1);
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource lost = new();
    private LeaseRecord record;
    private string text;
    private long renewed;
    private Task heartbeat = Task.CompletedTask;

    private Lease(
        string host,
        IHostStore store,
        TimeProvider time,
        LeaseRecord record,
        string text,
        long asked,
        LeaseRecord? tookOver
    )
    {
        Host = host;
        this.store = store;
        this.time = time;
        this.record = record;
        this.text = text;
        renewed = asked;
        TookOver = tookOver;
    }

    /// <summary>The host it is held on.</summary>
    public string Host { get; }

    /// <summary>The fencing token.</summary>
    public long Fence => record.Fence;

    /// <summary>The lease of a dead holder that this one replaced; null when it was free.</summary>
    public LeaseRecord? TookOver { get; }

    /// <summary>Whether it was still as it had been seen before: nobody has held it since.</summary>
    public bool IsAsSeen { get; private init; }

    /// <summary>Cancelled when a heartbeat finds that the lease is lost.</summary>
    public CancellationToken Lost => lost.Token;

    /// <summary>Why it is lost; null as long as it is held, as far as this deployer knows.</summary>
    public LeaseLostException? Loss { get; private set; }

    private static async Task<LeaseSight> PeekAsync(
        IHostStore store,
        IProcessProbe processes,
        TimeProvider time,
        CancellationToken cancellation
    ) => Judge(await store.ReadAsync(FileName, cancellation), processes, time);

    /// <summary>Judges the lease that was read on a host.</summary>
    internal static LeaseSight Judge(IHost host, string? text, IProcessProbe processes, TimeProvider time) =>
        Judge(text, processes, HostTime.Of(host, time));

    private static LeaseSight Judge(string? text, IProcessProbe processes, TimeProvider time)
    {
        var current = Parse(text);
        var verdict = LeaseRules.Judge(current, time.GetUtcNow(), processes.IsAlive);
        return new LeaseSight(text, current, verdict);
    }

    /// <summary>Takes the lease and begins its heartbeat.</summary>
    /// <param name="host">The host.</param>
    /// <param name="request">What it is wanted for.</param>
    /// <param name="seen">The lease as it was read before; null to read it now.</param>
    /// <param name="processes">Tells whether a holder lives.</param>
    /// <param name="time">This machine's clock. The lease's times are the host's.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="LeaseHeldException">Somebody holds it.</exception>
    public static Task<Lease> AcquireAsync(
        IHost host,
        LeaseRequest request,
        LeaseSight? seen,
        IProcessProbe processes,
        TimeProvider time,
        CancellationToken cancellation
    ) => AcquireAsync(host.Name, host.Store, request, seen, processes, HostTime.Of(host, time), cancellation);

    /// <summary>The same where a host need not have an engine yet.</summary>
    /// <param name="host">The host's name.</param>
    /// <param name="store">Where it is kept there.</param>
    /// <param name="request">What it is wanted for.</param>
    /// <param name="seen">The lease as it was read before; null to read it now.</param>
    /// <param name="processes">Tells whether a holder lives.</param>
    /// <param name="time">The host's clock.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="LeaseHeldException">Somebody holds it.</exception>
    public static async Task<Lease> AcquireAsync(
        string host,
        IHostStore store,
        LeaseRequest request,
        LeaseSight? seen,
        IProcessProbe processes,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        // What was held when it was seen may be free by now.
        var known = seen is { Verdict: not LeaseVerdict.Held } ? seen : null;
        while (true)
        {
            var sight = known ?? await PeekAsync(store, processes, time, cancellation);
            if (sight.Verdict == LeaseVerdict.Held)
            {
                throw new LeaseHeldException(host, sight.Record!);
            }

            var asked = time.GetTimestamp();
            var mine = Record(request, sight, processes.Self, time.GetUtcNow());
            var mineText = Format(mine);
            if (await SwapAsync(store, sight.Text, mineText, cancellation))
            {
                var tookOver = sight.Verdict == LeaseVerdict.Free ? null : sight.Record;
                var lease = new Lease(host, store, time, mine, mineText, asked, tookOver)
                {
                    IsAsSeen = known is not null,
                };
                lease.heartbeat = lease.BeatAsync();
                return lease;
            }

            known = null;
        }
    }

    private static LeaseRecord Record(
        LeaseRequest request,
        LeaseSight sight,
        ProcessIdentity self,
        DateTimeOffset now
    ) =>
        new()
        {
            Fence = (sight.Record?.Fence ?? 0) + 1,
            Rollout = request.Rollout,
            Owner = request.Owner,
            Purpose = request.Purpose,
            Process = self,
            AcquiredAt = now,
            ExpiresAt = now + LeaseRules.Lifetime,
        };

    /// <summary>Makes sure that the lease is still held, asking the host only when the last renewal is not fresh: until then nobody may take it over.</summary>
    /// <exception cref="LeaseLostException">It is not.</exception>
    public async Task ConfirmAsync(CancellationToken cancellation)
    {
        if (Loss is { } known)
        {
            throw known;
        }

        if (IsFresh)
        {
            return;
        }

        try
        {
            await RenewAsync(cancellation);
        }
        catch (HostException broken)
            when (broken.Failure == HostFailure.Unreachable && !cancellation.IsCancellationRequested)
        {
            // The next call connects again.
            await RenewAsync(cancellation);
        }
    }

    /// <summary>Makes sure that the lease is still held, and renews it.</summary>
    /// <exception cref="LeaseLostException">It is not.</exception>
    public async Task RenewAsync(CancellationToken cancellation)
    {
        var asked = time.GetTimestamp();
        if (!await ReplaceAsync(record with { ExpiresAt = time.GetUtcNow() + LeaseRules.Lifetime }, cancellation))
        {
            Loss = new LeaseLostException(Host, Parse(await store.ReadAsync(FileName, cancellation)));
            await lost.CancelAsync();
            throw Loss;
        }

        renewed = asked;
    }

    /// <summary>By both clocks: one does not count a machine's sleep, the other one may be set back.</summary>
    private bool IsFresh =>
        time.GetElapsedTime(renewed) <= LeaseRules.Fresh
        && time.GetUtcNow() <= record.ExpiresAt - LeaseRules.Lifetime + LeaseRules.Fresh;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await heartbeat;
        try
        {
            if (!lost.IsCancellationRequested)
            {
                await ReplaceAsync(record with { Released = true }, CancellationToken.None);
            }
        }
        finally
        {
            stop.Dispose();
            lost.Dispose();
            turn.Dispose();
        }
    }
}

/// <summary>What a lease is wanted for.</summary>
/// <param name="Rollout">The rollout's id.</param>
/// <param name="Owner">Who asks: <c>user@machine</c>.</param>
/// <param name="Purpose">What for, in a few words.</param>
public sealed record LeaseRequest(string Rollout, string Owner, string Purpose);
