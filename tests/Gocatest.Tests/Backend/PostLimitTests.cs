using Gocatest.Backend;
using Microsoft.Extensions.Time.Testing;

namespace Gocatest.Tests.Backend;

public sealed class PostLimitTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public void A_client_may_post_so_often_and_is_then_told_how_long_to_wait()
    {
        var limit = new PostLimit(3, time);
        Take(limit, "a", 3);

        Assert.Equal(TimeSpan.FromSeconds(20), limit.Take("a"));
    }

    [Fact]
    public void Time_gives_posts_back_one_by_one()
    {
        var limit = new PostLimit(3, time);
        Take(limit, "a", 3);
        time.Advance(TimeSpan.FromSeconds(20));

        Assert.Null(limit.Take("a"));
        Assert.NotNull(limit.Take("a"));
    }

    [Fact]
    public void Long_silence_saves_up_no_more_than_a_minute()
    {
        var limit = new PostLimit(3, time);
        Take(limit, "a", 1);
        time.Advance(TimeSpan.FromHours(1));

        Take(limit, "a", 3);
        Assert.NotNull(limit.Take("a"));
    }

    [Fact]
    public void Clients_do_not_share()
    {
        var limit = new PostLimit(1, time);
        Take(limit, "a", 1);

        Assert.Null(limit.Take("b"));
    }

    [Fact]
    public void A_refused_post_costs_nothing()
    {
        var limit = new PostLimit(1, time);
        Take(limit, "a", 1);

        Assert.Equal(limit.Take("a"), limit.Take("a"));
    }

    [Fact]
    public void Zero_lifts_the_limit() => Take(new PostLimit(0, time), "a", 1000);

    [Fact]
    public void Forgetting_clients_with_full_buckets_keeps_the_limit_of_the_others()
    {
        var limit = new PostLimit(1, time);
        for (var i = 0; i < PostLimit.MostClients - 1; i++)
        {
            Take(limit, $"old {i}", 1);
        }

        time.Advance(TimeSpan.FromMinutes(1));
        Take(limit, "recent", 1);
        Take(limit, "one too many", 1);

        Assert.NotNull(limit.Take("recent"));
    }

    private static void Take(PostLimit limit, string client, int times)
    {
        for (var i = 0; i < times; i++)
        {
            Assert.Null(limit.Take(client));
        }
    }
}
