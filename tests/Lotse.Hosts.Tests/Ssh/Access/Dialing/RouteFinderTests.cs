using Lotse.Configuration;
using Lotse.Execution;
using Lotse.Hosts.Ssh.Access.Dialing;
using Lotse.Hosts.Tests.Ssh.Access.Live;

namespace Lotse.Hosts.Tests.Ssh.Access.Dialing;

/// <summary>What ssh_config(5) makes of a host; lines are divided by <c>|</c>.</summary>
public sealed class RouteFinderTests : IDisposable
{
    private readonly AccessWorld world = new();

    public void Dispose() => world.Dispose();

    [Theory]
    [InlineData("nothing is said", "", "web", "root@web:22")]
    [InlineData("name, user and port", "Host web|HostName 10.0.0.1|User ann|Port 2222", "web", "ann@10.0.0.1:2222")]
    [InlineData("the host's own part", "Host web|HostName %h.example.org", "web", "root@web.example.org:22")]
    [InlineData("the first value wins", "Host w*|User ann|Host web|User bob|Port 2222", "web", "ann@web:2222")]
    [InlineData("before any Host line", "User ann|Host web|User bob", "web", "ann@web:22")]
    [InlineData("another host's", "Host db|User ann", "web", "root@web:22")]
    [InlineData("one of several patterns", "Host db web|User ann", "web", "ann@web:22")]
    [InlineData("a question mark", "Host we?|User ann", "web", "ann@web:22")]
    [InlineData("a negated pattern", "Host * !web|User ann", "web", "root@web:22")]
    [InlineData("a negated pattern of another host", "Host * !db|User ann", "web", "ann@web:22")]
    [InlineData("a negated pattern alone", "Host !db|User ann", "web", "root@web:22")]
    [InlineData("keywords in any case, with =", "host web|USER=ann|port = 2222", "web", "ann@web:2222")]
    [InlineData("what is written with the host wins", "Host web|User ann|Port 2222", "bob@web:2200", "bob@web:2200")]
    [InlineData("a jump host", "Host web|ProxyJump ann@gate:2222", "web", "ann@gate:2222 root@web:22")]
    [InlineData("several", "Host web|ProxyJump a@x,b@y", "web", "a@x:22 b@y:22 root@web:22")]
    [InlineData(
        "a jump host's own",
        "Host web|ProxyJump gate|Host gate|User ann|Port 99",
        "web",
        "ann@gate:99 root@web:22"
    )]
    [InlineData(
        "a jump host of its name",
        "Host web|ProxyJump ann@gate-%h:2222",
        "web",
        "ann@gate-web:2222 root@web:22"
    )]
    [InlineData("single quotes", "Host 'web' \"db\"|User 'ann'", "web", "ann@web:22")]
    [InlineData("escapes", "Host web|User do\\\\main\\ ann", "web", "do\\main ann@web:22")]
    [InlineData("a comment behind", "Host web # mine|User ann # me", "web", "ann@web:22")]
    [InlineData("no jump host, said first", "Host web|ProxyJump none|Host *|ProxyJump a@gate", "web", "root@web:22")]
    public void A_host_is_reached_as_openssh_would(string scenario, string config, string host, string route)
    {
        world.Write("home/.ssh/config", config.Replace('|', '\n'));
        var found = string.Join(' ', new RouteFinder(world.Settings()).Find(host).Select(h => h.Address));
        Assert.True(route == found, $"{scenario}: {found}");
    }

    [Fact]
    public void What_the_deploy_configuration_says_wins()
    {
        world.Write("home/.ssh/config", "Host web\nUser ann\nPort 2222\nProxyJump a@gate\n");
        var settings = world.Settings(
            new SshConfig
            {
                User = "bob",
                Port = 2200,
                Proxy = "b@door",
            }
        );
        Assert.Equal(["b@door:22", "bob@web:2200"], new RouteFinder(settings).Find("web").Select(h => h.Address));
    }

    /// <summary>The shell takes it apart, and nobody before it.</summary>
    [Theory]
    [InlineData("nc -X 5 %h %p", "nc -X 5 web 22")]
    [InlineData(
        "sh -c \"aws ssm start-session --target %h --parameters 'portNumber=%p'\"",
        "sh -c \"aws ssm start-session --target web --parameters 'portNumber=22'\""
    )]
    [InlineData("sh -c 'echo  \\\"two  blanks\\\" # no comment'", "sh -c 'echo  \\\"two  blanks\\\" # no comment'")]
    public void A_command_to_go_through_keeps_its_quotes(string written, string command)
    {
        world.Write("home/.ssh/config", $"Host web\n  ProxyCommand {written}  \n");
        var hop = Assert.Single(new RouteFinder(world.Settings()).Find("web"));
        Assert.Equal(command, hop.ProxyCommand);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("10s", 10)]
    [InlineData("1m30S", 90)]
    [InlineData("1h1", 3601)]
    public void Times_are_read_with_their_units(string written, int seconds)
    {
        world.Write("home/.ssh/config", $"ConnectTimeout {written}\nServerAliveInterval={written}\n");
        var hop = Assert.Single(new RouteFinder(world.Settings()).Find("web"));
        Assert.Equal((seconds, seconds), (hop.ConnectTimeout.TotalSeconds, hop.KeepAlive.TotalSeconds));
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("5 minutes")]
    [InlineData("s")]
    [InlineData("99999999w")]
    public void What_is_no_time_is_named_with_its_line(string written)
    {
        world.Write("home/.ssh/config", $"Host *\nConnectTimeout \"{written}\"\n");
        var wrong = Assert.Throws<UserException>(() => new RouteFinder(world.Settings()).Find("web"));
        Assert.StartsWith($"~/.ssh/config:2: '{written}' is no time", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_an_editor_leaves_beside_included_files_is_not_read()
    {
        world.Write("home/.ssh/config", "Include conf.d/*\n");
        world.Write("home/.ssh/conf.d/.web.swp", "User wrong\n");
        world.Write("home/.ssh/conf.d/web", "User ann\n");
        Assert.Equal("ann", Assert.Single(new RouteFinder(world.Settings()).Find("web")).User);
    }

    [Fact]
    public void Every_identity_file_counts_in_order()
    {
        world.Write("home/.ssh/config", "Host web\nIdentityFile ~/.ssh/one\nHost *\nIdentityFile ~/.ssh/two\n");
        var hop = Assert.Single(new RouteFinder(world.Settings()).Find("web"));
        Assert.Equal(["one", "two"], hop.Keys.Files.Select(Path.GetFileName));
        Assert.All(hop.Keys.Files, f => Assert.StartsWith(world.Home, f, StringComparison.Ordinal));
    }
}
