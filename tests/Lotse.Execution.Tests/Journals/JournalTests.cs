using Lotse.Execution.Journals;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;
using Lotse.Execution.Tests.Transcripts;

namespace Lotse.Execution.Tests.Journals;

public sealed class JournalTests
{
    private readonly MemoryStore store = new();
    private readonly Fleet observer = new();

    [Fact]
    public async Task A_connection_that_breaks_at_the_end_leaves_no_journal_without_one()
    {
        await using var journal = await BeginAsync();
        var broken = 0;
        store.OnWritten = _ =>
        {
            store.OnWritten = _ => { };
            broken++;
            throw Broken;
        };
        await journal.EndAsync("done", []);
        Assert.Equal(1, broken);
        Assert.Empty(observer.Warnings);
        Assert.Null(await Records.ReadInterruptedAsync(store, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_host_that_takes_no_more_lines_is_warned_of()
    {
        await using var journal = await BeginAsync();
        store.OnWritten = _ => throw Broken;
        await journal.EndAsync("done", []);
        Assert.Contains("the journal has no end", Assert.Single(observer.Warnings).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_on_which_something_is_left_has_no_end()
    {
        await using var journal = await BeginAsync();
        await journal.EndAsync("reverted", [new StoreOnlyHost(store).Name]);
        var left = await Records.ReadInterruptedAsync(store, TestContext.Current.CancellationToken);
        Assert.Equal("reverted, but not all could be taken back", left?.Last.Text);
    }

    [Fact]
    public async Task A_first_line_that_could_not_be_written_goes_with_the_next_ones()
    {
        store.Files["journal.jsonl"] = "of the rollout before\n";
        store.OnWritten = _ => throw Broken;
        await using var journal = new Journal(
            [new StoreOnlyHost(store)],
            observer,
            observer.Time,
            "r1",
            _ => true,
            new SecretMask()
        );
        journal.Begin(new RolloutPurpose("deploy 2", "2", "anna@one"), _ => ["r0"]);
        store.OnWritten = _ => { };

        await journal.AwaitBegunAsync(TestContext.Current.CancellationToken);

        var begun = await Records.ReadInterruptedAsync(store, TestContext.Current.CancellationToken);
        Assert.Equal(["r1", "r0"], begun?.Rollouts);
    }

    [Fact]
    public async Task A_line_of_the_audit_log_whose_answer_was_lost_is_there_once()
    {
        var entry = new AuditEntry
        {
            At = observer.Time.GetUtcNow(),
            Performer = "anna@one",
            Command = "deploy",
            Rollout = "r1",
            Outcome = "done",
        };
        store.OnWritten = _ =>
        {
            store.OnWritten = _ => { };
            throw Broken;
        };
        await Records.AuditAsync(store, entry, TestContext.Current.CancellationToken);
        Assert.Equal([entry], await Records.ReadAuditAsync(store, TestContext.Current.CancellationToken));
    }

    private static HostException Broken => new(HostFailure.Unreachable, "web1", "write", "it broke", "");

    private async Task<Journal> BeginAsync()
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.OnWritten = _ => written.TrySetResult();
        var journal = new Journal(
            [new StoreOnlyHost(store)],
            observer,
            observer.Time,
            "r1",
            _ => true,
            new SecretMask()
        );
        journal.Begin(new RolloutPurpose("deploy 2", "2", "anna@one"), _ => []);
        await written.Task;
        return journal;
    }
}
