using System.Collections.Immutable;
using Lotse.Execution.Ports;
using Lotse.Execution.Setup;
using Lotse.Nuke.Console;
using Lotse.Planning.Setup;

namespace Lotse.Nuke.Tests;

/// <summary>What a person reads after a set-up and after its preview: the last line says what came of it.</summary>
public sealed class SetupTextTests
{
    private static readonly SetupStep Change = Step("Install docker.io", SetupState.Change);
    private static readonly SetupStep Left = Step("Rotate logs", SetupState.Deferred) with
    {
        Note = "Containers stop.",
    };

    [Fact]
    public void A_server_that_was_set_up_is_named_in_the_end_and_how_its_ports_answer() =>
        Assert.Equal(
            [
                (false, "[web1] ports tried from here: 22, 80 get through; silent: 9, 5432"),
                (true, "[web1] its clock is off"),
                (false, "Set up: web1; nothing to do on web2"),
            ],
            SetupText.Of(
                new([Server("web1", Change) with { Notices = ["its clock is off"], Ports = Ports() }, Server("web2")]),
                isPreview: false
            )
        );

    [Fact]
    public void A_preview_says_what_is_to_be_done_and_why_and_that_nothing_was() =>
        Assert.Equal(
            [
                (false, "[web1] Debian 13, logged in as root: 1 change(s)"),
                (false, "[web1]   Install docker.io: it is needed"),
                (true, "[web1] would not be done: Rotate logs. Containers stop."),
                (false, "[web2] Debian 13, logged in as root: nothing to do"),
                (false, "Nothing was changed: ServerSetup does this"),
            ],
            SetupText.Of(new([Server("web1", Change, Left), Server("web2")]), isPreview: true)
        );

    [Theory]
    [InlineData(false, false, false, "Nothing to do: the servers are set up already")]
    [InlineData(false, true, false, "Nothing was changed; what is left to do stands above")]
    [InlineData(true, false, false, "Set up: web1")]
    [InlineData(true, true, false, "Set up: web1; what is left to do stands above")]
    [InlineData(false, false, true, "Nothing was changed: the servers are set up already")]
    [InlineData(false, true, true, "Nothing was changed, and ServerSetup would change nothing as things are")]
    public void The_last_line_is_true(bool changes, bool leaves, bool isPreview, string expected)
    {
        SetupStep[] steps =
        [
            .. changes ? [Change] : Array.Empty<SetupStep>(),
            .. leaves ? [Left] : Array.Empty<SetupStep>(),
        ];
        Assert.Equal((false, expected), SetupText.Of(new([Server("web1", steps)]), isPreview).Last());
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("deploy", "deploy", "Deploys log in as deploy")]
    [InlineData(
        "deploy",
        null,
        "The user deploy may deploy; deploys log in as deploy once the configuration says `ssh: {user: deploy}`"
    )]
    public void It_says_whom_deploys_log_in_as(string? made, string? configured, string? expected) =>
        Assert.Equal(expected, SetupText.Login(made, configured));

    private static SetupStep Step(string title, SetupState state) =>
        new()
        {
            Topic = SetupTopic.Packages,
            Title = title,
            Why = "it is needed",
            State = state,
        };

    private static ServerReport Server(string host, params ReadOnlySpan<SetupStep> steps) =>
        new()
        {
            Plan = new SetupPlan
            {
                Server = new ServerFacts { Host = host, Name = "Debian 13" },
                Steps = [.. steps],
            },
        };

    private static ImmutableArray<PortFinding> Ports() =>
        [
            new(9, PortAnswer.Silent, IsMeantOpen: false),
            new(22, PortAnswer.Open, IsMeantOpen: true),
            new(80, PortAnswer.Refused, IsMeantOpen: true),
            new(5432, PortAnswer.Silent, IsMeantOpen: false),
        ];
}
