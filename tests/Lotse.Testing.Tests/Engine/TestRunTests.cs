using Lotse.Testing.Engine;

namespace Lotse.Testing.Tests.Engine;

public sealed class TestRunTests
{
    private static readonly DateTimeOffset Now = TestRun.Current.Started + TimeSpan.FromMinutes(1);

    [Fact]
    public void A_run_is_read_back_from_its_label_and_from_names()
    {
        Assert.Equal(TestRun.Current, TestRun.Parse($"{TestRun.Current}"));
        Assert.Equal(TestRun.Current, TestRun.Parse($"{TestRun.Current}-3-7-web-latest"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("postgres")]
    [InlineData("lt")]
    [InlineData("lt-1-2")]
    [InlineData("lt-one-2-3")]
    [InlineData("my-lt-1-2-3")]
    public void What_is_not_a_run_is_left_alone(string text) => Assert.Null(TestRun.Parse(text));

    [Fact]
    public void This_process_is_alive() => Assert.False(TestRun.Current.IsDead(Now));

    [Fact]
    public void A_process_that_is_gone_is_dead() =>
        Assert.True((TestRun.Current with { ProcessId = int.MaxValue }).IsDead(Now));

    [Fact]
    public void A_process_id_that_was_given_out_again_is_dead() =>
        Assert.True((TestRun.Current with { Started = Now - TimeSpan.FromHours(1) }).IsDead(Now));

    [Fact]
    public void A_process_of_another_namespace_is_dead_only_when_it_is_very_old()
    {
        var stranger = new TestRun(TestRun.Current.Namespace + 1, int.MaxValue, Now);

        Assert.False(stranger.IsDead(Now + TimeSpan.FromHours(11)));
        Assert.True(stranger.IsDead(Now + TimeSpan.FromHours(13)));
    }
}
