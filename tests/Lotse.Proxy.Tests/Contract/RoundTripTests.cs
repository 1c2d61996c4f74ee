using System.Text.Json;
using Lotse.Proxy.Contract;

namespace Lotse.Proxy.Tests.Contract;

public sealed class RoundTripTests
{
    private static readonly ServiceOptions Everything = new()
    {
        Hosts = ["example.com", "*.example.org"],
        PathPrefixes = ["/api", "/"],
        StripPathPrefix = false,
        DeployTimeout = TimeSpan.FromSeconds(11),
        DrainTimeout = TimeSpan.Zero,
        HealthCheckPath = "/healthy?deep=1",
        HealthCheckPort = 8081,
        HealthCheckHost = "internal.example.com",
        HealthCheckInterval = TimeSpan.FromMilliseconds(250),
        HealthCheckTimeout = TimeSpan.FromSeconds(2.5),
        TargetTimeout = TimeSpan.FromMinutes(5),
        TargetHttp2 = true,
        BufferRequests = true,
        BufferResponses = true,
        BufferMemory = 4096,
        MaxRequestBody = 5_000_000_000,
        MaxResponseBody = 7,
        ForwardHeaders = true,
        LogRequestHeaders = ["Cache-Control", "X-One"],
        LogResponseHeaders = ["X-Two"],
    };

    public static TheoryData<ProxyCommand> Commands =>
        [
            new RunCommand(),
            new RunCommand
            {
                HttpPort = 0,
                HttpsPort = 8443,
                StateFolder = "/a b",
                AccessLog = false,
                Socket = "/s",
            },
            new StageCommand("web", "abc:3000", new ServiceOptions()),
            new StageCommand("web-1.x_y", "[::1]:3000", Everything) { Json = true },
            new DeployCommand("web", "abc:3000", Everything) { Socket = "/run/lotse.sock" },
            new SwitchCommand("web"),
            new RevertCommand("web") { Json = true },
            new AbortCommand("web"),
            new SwitchCommand("web") { Target = "abc:3000" },
            new RevertCommand("web") { Target = "[::1]:3000", Json = true },
            new AbortCommand("web") { Target = "abc:3000", Socket = "/s" },
            new DrainCommand("web", TimeSpan.FromSeconds(90)),
            new DrainCommand("web", TimeSpan.Zero),
            new DrainCommand("web", TimeSpan.FromSeconds(9)) { Target = "abc:3000" },
            new PauseCommand("web", TimeSpan.Zero, TimeSpan.FromMinutes(2)),
            new StopCommand("web", TimeSpan.FromSeconds(5), "Back at 10 o'clock, --promised=\"yes\""),
            new ResumeCommand("web"),
            new RemoveCommand("web"),
            new ListCommand { Json = true },
            new VersionCommand(),
            new SocketsCommand { Json = true },
        ];

    [Theory]
    [MemberData(nameof(Commands), DisableDiscoveryEnumeration = true)]
    public void A_command_survives_its_way_through_argv(ProxyCommand command)
    {
        var back = ProxyCommand.Parse(command.ToArguments());

        Assert.Equal(command.GetType(), back.GetType());
        Assert.Equal(command.ToArguments(), back.ToArguments());
        Assert.Equal(Text(command), Text(back));
    }

    [Fact]
    public void No_option_is_lost_on_the_way_through_argv()
    {
        var command = new StageCommand("web", "abc:3000", Everything);

        var options = ((StageCommand)ProxyCommand.Parse(command.ToArguments())).Options;

        // Every option differs from its default here, so one that argv does not carry shows.
        foreach (var property in typeof(ServiceOptions).GetProperties())
        {
            var (sent, received) = (property.GetValue(Everything), property.GetValue(options));
            Assert.Equal(JsonSerializer.Serialize(sent), JsonSerializer.Serialize(received));
            Assert.NotEqual(
                JsonSerializer.Serialize(property.GetValue(new ServiceOptions())),
                JsonSerializer.Serialize(sent)
            );
        }
    }

    [Fact]
    public void Flags_are_read_in_the_forms_that_people_write()
    {
        string[] argv = ["stage", "--target", "abc:80", "web", "--host", "a.example,b.example", "--buffer-requests"];

        var stage = Assert.IsType<StageCommand>(ProxyCommand.Parse(argv));

        Assert.Equal("web", stage.Service);
        Assert.Equal("abc:80", stage.Target);
        Assert.Equal(["a.example", "b.example"], stage.Options.Hosts);
        Assert.True(stage.Options.BufferRequests);
    }

    [Fact]
    public void A_path_prefix_is_understood_with_and_without_slashes()
    {
        string[] argv =
        [
            "stage",
            "web",
            "--target=abc:80",
            "--path-prefix=api/",
            "--path-prefix=/",
            "--path-prefix=/x/y",
        ];

        var stage = Assert.IsType<StageCommand>(ProxyCommand.Parse(argv));

        Assert.Equal(["/api", "/", "/x/y"], stage.Options.PathPrefixes);
    }

    private static string Text(ProxyCommand command) => JsonSerializer.Serialize<object>(command);
}
