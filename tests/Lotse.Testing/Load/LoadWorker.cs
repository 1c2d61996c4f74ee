namespace Lotse.Testing.Load;

/// <summary>One client: the loop, the pace and the verdict; what it does in a round is in its subclasses.</summary>
internal abstract class LoadWorker(LoadKind load, LoadLedger ledger, LoadProfile profile)
{
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the first request is on its way.</summary>
    public Task Begun => _begun.Task;

    protected LoadKind Load { get; } = load;

    protected LoadLedger Ledger { get; } = ledger;

    public LoadProfile Profile { get; } = profile;

    protected TimeProvider Time => Profile.Time;

    /// <summary>Works until told to stop; then what is in flight is brought to its end, not cut off.</summary>
    public abstract Task RunAsync(CancellationToken stop);

    protected void MarkBegun() => _begun.TrySetResult();

    /// <summary>Waits, or not at all when told to stop.</summary>
    protected async Task PauseAsync(TimeSpan pause, CancellationToken stop) =>
        await Task.Delay(pause, Time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    protected void Fail(LoadFailureKind kind, TimeSpan began, string detail, int? status, string? version) =>
        Ledger.Failed(
            new LoadFailure
            {
                Load = Load,
                Kind = kind,
                Began = began,
                Failed = Ledger.Now,
                Status = status,
                Version = version,
                Detail = detail,
            }
        );

    /// <summary>An exception and its causes, in one line.</summary>
    protected static string Chain(Exception exception)
    {
        var causes = new List<string>();
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            causes.Add($"{cause.GetType().Name}: {cause.Message}");
        }

        return string.Join(" <- ", causes);
    }
}
