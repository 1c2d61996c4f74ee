using System.Text.Json.Nodes;
using Lotse.Planning.Setup;

namespace Lotse.Planning.Tests.Setup;

/// <summary>What the engine runs with, and what becomes of its settings.</summary>
public sealed class EngineSettingsTests
{
    [Fact]
    public void They_are_merged_and_not_overwritten()
    {
        var step = Step(e =>
            e with
            {
                KeepsContainers = false,
                Settings = """{"dns": ["192.0.2.53"], "log-opts": {"max-size": "1m"}}""",
            }
        );
        var expected = JsonNode.Parse(
            """
            {"dns": ["192.0.2.53"], "log-opts": {"max-size": "1m", "max-file": "3"}, "log-driver": "json-file",
             "live-restore": true}
            """
        );
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(EngineSettings.Of(step))));
    }

    [Fact]
    public void Another_log_driver_and_a_swarm_are_left_as_they_are() =>
        Assert.Equal(
            SetupState.InPlace,
            Step(e => e with { Settings = """{"log-driver":"journald"}""", IsSwarm = true }).State
        );

    [Fact]
    public void Running_containers_are_not_stopped_for_them_unless_that_is_said()
    {
        static EngineFacts Stubborn(EngineFacts engine) =>
            engine with
            {
                Settings = """{"live-restore":false}""",
                KeepsContainers = false,
                RunningContainers = 3,
            };
        var plan = Server.Plan(With(Stubborn));
        Assert.Equal(SetupState.Deferred, Server.Step(plan, SetupTopic.EngineSettings).State);
        Assert.Contains("3 running container(s)", Assert.Single(plan.Notices), StringComparison.Ordinal);

        var said = Server.Settings with { MayRestartEngine = true };
        var script = Server.Step(Server.Plan(With(Stubborn), said), SetupTopic.EngineSettings).Script;
        Assert.Contains("restart && answers", script, StringComparison.Ordinal);
        Assert.DoesNotContain("\nreload\n", script, StringComparison.Ordinal);
    }

    [Fact]
    public void An_engine_that_may_keep_containers_learns_that_first_and_is_then_restarted()
    {
        var step = Step(e => e with { Settings = null, KeepsContainers = false, RunningContainers = 3 });
        Assert.Equal(SetupState.Change, step.State);
        var reload = step.Script.IndexOf("\nreload\n", StringComparison.Ordinal);
        Assert.InRange(reload, 1, step.Script.IndexOf("{ restart && answers; }", StringComparison.Ordinal));
    }

    public static TheoryData<string, Func<EngineFacts, EngineFacts>> NotInForce =>
        new()
        {
            { "it was started before the file was written", e => e with { IsStale = true } },
            { "it does not keep containers although the file says so", e => e with { KeepsContainers = false } },
        };

    [Theory]
    [MemberData(nameof(NotInForce))]
    public void What_counts_is_what_the_engine_runs_with(string what, Func<EngineFacts, EngineFacts> change)
    {
        Assert.NotEmpty(what);
        Assert.Equal(SetupState.Change, Step(change).State);
        var stopped = Step(e => change(e) with { Version = null, ApiVersion = null });
        Assert.Equal(SetupState.InPlace, stopped.State);
    }

    [Fact]
    public void A_flag_that_keeps_containers_is_not_repeated_in_the_file()
    {
        var step = Step(e => e with { Settings = "{}" });
        Assert.Equal(SetupState.Change, step.State);
        Assert.False(JsonNode.Parse(EngineSettings.Of(step))!.AsObject().ContainsKey("live-restore"));
    }

    private static SetupStep Step(Func<EngineFacts, EngineFacts> change) =>
        Server.Step(Server.Plan(With(change), Server.Settings with { HasFirewall = false }), SetupTopic.EngineSettings);

    private static ServerFacts With(Func<EngineFacts, EngineFacts> change) =>
        Server.Ready with
        {
            Engine = change(Server.Ready.Engine),
        };
}
