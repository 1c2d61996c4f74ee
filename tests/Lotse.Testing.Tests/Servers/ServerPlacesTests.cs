using Lotse.Testing.Servers;

namespace Lotse.Testing.Tests.Servers;

public sealed class ServerPlacesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task As_many_as_there_are_can_be_taken_at_once()
    {
        var places = new ServerPlaces(3);

        await places.TakeAsync(2, Token);
        await places.TakeAsync(1, Token);

        Assert.False(places.TakeAsync(1, Token).IsCompleted);
    }

    [Fact]
    public async Task Who_needs_many_is_not_passed_by_those_who_need_few()
    {
        var places = new ServerPlaces(3);
        await places.TakeAsync(2, Token);

        var many = places.TakeAsync(3, Token);
        var few = places.TakeAsync(1, Token);
        Assert.False(few.IsCompleted);
        places.GiveBack(2);

        await many;
        Assert.False(few.IsCompleted);
        places.GiveBack(3);
        await few;
    }

    [Fact]
    public async Task Who_gives_up_leaves_the_queue_and_holds_up_nobody()
    {
        var places = new ServerPlaces(3);
        await places.TakeAsync(2, Token);
        using var patience = new CancellationTokenSource();
        var many = places.TakeAsync(3, patience.Token);
        var few = places.TakeAsync(1, Token);

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => many);
        await few;
    }

    [Fact]
    public async Task More_than_there_are_is_an_error_and_no_wait()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => new ServerPlaces(3).TakeAsync(4, Token));
    }
}
