using System.Diagnostics;
using System.Net;
using Lotse.Configuration;
using Lotse.Execution.Ports;
using Lotse.Hosts.Ssh.Access;
using Lotse.Hosts.Ssh.Access.Dialing;
using Microsoft.Extensions.Time.Testing;

namespace Lotse.Hosts.Tests.Ssh.Access.Live;

public sealed class LoginTests : IAsyncLifetime
{
    private readonly AccessWorld world = new();
    private SshServer server = null!;

    private SshConfig Config => new() { User = SshServer.User, Port = server.Port };

    public async ValueTask InitializeAsync()
    {
        server = await SshServer.StartAsync(world.Root, ["ed25519"], "MaxAuthTries 3");
        world.Pin(server.KnownHost());
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }

        world.Dispose();
    }

    [Theory]
    [RepresentedBy("each kind and each format once; most other tests log in with an ed25519 key, which has one format")]
    [InlineData("rsa", "OpenSSH")]
    [AllOnlyData("rsa", "PEM")]
    [InlineData("rsa", "PKCS8")]
    [AllOnlyData("ecdsa", "OpenSSH")]
    [InlineData("ecdsa", "PEM")]
    public async Task Keys_of_every_kind_and_format_log_in(string kind, string format)
    {
        string[] more = format == "OpenSSH" ? [] : ["-m", format];
        var key = world.Key("own", kind, "", more);
        server.Authorize(key + ".pub");
        await using var link = await world.DialAsync("127.0.0.1", Config with { Keys = ["~/.ssh/own"] });
        Assert.True(link.Client.IsConnected);
    }

    [Theory]
    [RepresentedBy("OpenSSH: what ssh-keygen writes unless told otherwise")]
    [InlineData("OpenSSH")]
    [AllOnlyData("PEM")]
    [AllOnlyData("PKCS8")]
    public async Task An_encrypted_key_opens_with_the_passphrase_of_the_environment(string format)
    {
        string[] more = format == "OpenSSH" ? [] : ["-m", format];
        server.Authorize(world.Key("own", "rsa", "open sesame", more) + ".pub");
        var config = Config with { Keys = ["~/.ssh/own"] };

        var without = await world.FailAsync("127.0.0.1", config);
        Assert.Contains("LOTSE_SSH_PASSPHRASE", without.Evidence, StringComparison.Ordinal);
        world.Environment["LOTSE_SSH_PASSPHRASE"] = "a wrong one";
        var wrong = await world.FailAsync("127.0.0.1", config);
        Assert.Contains("the passphrase does not open it", wrong.Evidence, StringComparison.Ordinal);
        Assert.DoesNotContain("a wrong one", wrong.ToString(), StringComparison.Ordinal);

        world.Environment["LOTSE_SSH_PASSPHRASE"] = "open sesame";
        await using var link = await world.DialAsync("127.0.0.1", config);
        Assert.True(link.Client.IsConnected);
    }

    [Fact]
    public async Task A_person_is_asked_once_for_a_passphrase()
    {
        server.Authorize(world.Key("own", "ed25519", "open sesame") + ".pub");
        var asked = new List<string>();
        var settings = world.Settings(Config with { Keys = ["~/.ssh/own"] }) with
        {
            AskPassphrase = file =>
            {
                asked.Add(file);
                return "open sesame";
            },
        };
        var dialer = new SshDialer(settings, TimeProvider.System);
        await using var first = await dialer.DialAsync("127.0.0.1", TestContext.Current.CancellationToken);
        await using var second = await dialer.DialAsync("127.0.0.1", TestContext.Current.CancellationToken);
        Assert.Equal([Path.Combine(world.Home, ".ssh", "own")], asked);
    }

    [Fact]
    public async Task A_person_who_mistypes_a_passphrase_is_asked_again_and_who_does_not_know_it_is_let_alone()
    {
        server.Authorize(world.Key("own", "ed25519", "open sesame") + ".pub");
        string[] typed = ["wrong", "open sesame"];
        var (asked, dialer) = Asking(count => typed[count]);
        await using var link = await dialer.DialAsync("127.0.0.1", TestContext.Current.CancellationToken);
        Assert.Equal(2, asked.Count);

        (asked, dialer) = Asking(_ => "wrong");
        for (var host = 0; host < 2; host++)
        {
            var failure = await Assert.ThrowsAsync<HostException>(() =>
                dialer.DialAsync("127.0.0.1", TestContext.Current.CancellationToken)
            );
            Assert.Contains("the passphrase does not open it", failure.Evidence, StringComparison.Ordinal);
        }

        Assert.Equal(3, asked.Count);
    }

    [Fact]
    public async Task Who_interrupts_need_not_answer_first()
    {
        world.Key("own", "ed25519", "open sesame");
        using var answer = new ManualResetEventSlim();
        using var asked = new SemaphoreSlim(0);
        var (_, dialer) = Asking(_ =>
        {
            asked.Release();
            answer.Wait(CancellationToken.None);
            return "";
        });
        using var interrupt = new CancellationTokenSource();
        var dialing = dialer.DialAsync("127.0.0.1", interrupt.Token);
        await asked.WaitAsync(TestContext.Current.CancellationToken);

        await interrupt.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            dialing.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, TestContext.Current.CancellationToken)
        );
        answer.Set();
    }

    [Fact]
    public async Task A_server_that_answers_at_once_may_take_its_time_to_let_the_user_in()
    {
        var (asked, go) = (Path.Combine(world.Root, "asked"), Path.Combine(world.Root, "go"));
        server.Authorize(world.Key("own") + ".pub");
        await using var slow = await SshServer.StartAsync(
            world.Root,
            ["ed25519"],
            $"AuthorizedKeysCommand /bin/sh -c \"touch {asked}; until [ -e {go} ]; do sleep 0.02; done; cat {server.AuthorizedKeys}\"",
            "AuthorizedKeysCommandUser root"
        );
        world.Pin(slow.KnownHost());
        var config = Config with { Port = slow.Port, Keys = ["~/.ssh/own"] };
        var settings = world.Settings(config) with { ConnectTimeout = TimeSpan.FromSeconds(2) };
        var time = new FakeTimeProvider();
        var dialing = new SshDialer(settings, time).DialAsync("127.0.0.1", TestContext.Current.CancellationToken);
        while (!File.Exists(asked) && !dialing.IsCompleted)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        // It has answered, and looks for the user's keys: the time for an answer passes.
        time.Advance(settings.ConnectTimeout + TimeSpan.FromSeconds(1));
        await File.WriteAllTextAsync(go, "", TestContext.Current.CancellationToken);

        await using var link = await dialing;
        Assert.True(link.Client.IsConnected);
    }

    [Fact]
    public async Task A_connection_that_breaks_during_the_login_is_not_told_as_keys_that_were_refused()
    {
        world.Key("own");
        await using var breaking = await SshServer.StartAsync(
            world.Root,
            ["ed25519"],
            "AuthorizedKeysCommand /bin/sh -c \"kill -KILL $PPID\"",
            "AuthorizedKeysCommandUser root"
        );
        world.Pin(breaking.KnownHost());
        var failure = await world.FailAsync("127.0.0.1", Config with { Port = breaking.Port, Keys = ["~/.ssh/own"] });
        Assert.Equal(HostFailure.Unreachable, failure.Failure);
        Assert.Contains("the connection broke while", failure.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_addresses_all_are_told()
    {
        var settings = world.Settings(Config);
        var hop = Assert.Single(new RouteFinder(settings).Find("web"));
        IPEndPoint[] closed = [new(IPAddress.Parse("127.0.0.2"), 1), new(IPAddress.Loopback, 1)];
        var connector = new HopConnector(settings, TimeProvider.System);
        var failure = await Assert.ThrowsAsync<HostException>(() =>
            connector.ConnectAsync("web", hop, new DirectPath(closed), TestContext.Current.CancellationToken)
        );
        Assert.All(
            closed,
            c => Assert.Contains($"{c}: the connection was refused", failure.Evidence, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_secret_holds_the_key()
    {
        var key = world.Key("elsewhere");
        server.Authorize(key + ".pub");
        var secret = new Secret(await File.ReadAllTextAsync(key, TestContext.Current.CancellationToken));
        var settings = world.Settings(Config) with { KeyData = [KeyValuePair.Create("SSH_KEY", secret)] };
        await using var link = await AccessWorld.DialAsync("127.0.0.1", settings);
        Assert.True(link.Client.IsConnected);
    }

    [Theory]
    [RepresentedBy(
        "rsa: the only kind for which the agent is told how to sign; the others differ in nothing but the key"
    )]
    [AllOnlyData("ed25519")]
    [InlineData("rsa")]
    [AllOnlyData("ecdsa")]
    public async Task The_agent_signs_with_its_keys(string kind)
    {
        server.Authorize(world.Key("held", kind) + ".pub");
        using var agent = StartAgent(Path.Combine(world.Home, ".ssh", "held"));
        File.Delete(Path.Combine(world.Home, ".ssh", "held"));
        await using var link = await world.DialAsync("127.0.0.1", Config);
        Assert.True(link.Client.IsConnected);
        agent.Kill();
    }

    [Fact]
    public async Task Keys_only_leaves_the_agents_other_keys_out()
    {
        server.Authorize(world.Key("held") + ".pub");
        world.Key("own");
        using var agent = StartAgent(Path.Combine(world.Home, ".ssh", "held"));
        var config = Config with { KeysOnly = true, Keys = ["~/.ssh/own"] };
        var failure = await world.FailAsync("127.0.0.1", config);
        Assert.DoesNotContain("ssh-agent", failure.Evidence, StringComparison.Ordinal);
        await using var link = await world.DialAsync("127.0.0.1", config with { Keys = ["~/.ssh/held"] });
        Assert.True(link.Client.IsConnected);
        agent.Kill();
    }

    [Fact]
    public async Task A_refused_login_names_the_user_and_every_key_that_was_tried()
    {
        var key = world.Key("id_ed25519");
        var failure = await world.FailAsync("127.0.0.1", Config);
        Assert.Equal(HostFailure.Authentication, failure.Failure);
        Assert.Contains($"{SshServer.User}@127.0.0.1:{server.Port}", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"{SshTools.Fingerprint(key)} from {key}: refused", failure.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_that_the_server_would_not_hear_any_more_are_named_as_such()
    {
        string[] names = ["a", "b", "c", "d", "e"];
        var keys = names.Select(n => world.Key(n)).ToList();
        server.Authorize(keys[^1] + ".pub");
        var failure = await world.FailAsync("127.0.0.1", Config with { Keys = [.. keys] });
        Assert.Equal(HostFailure.Authentication, failure.Failure);
        Assert.Contains($"from {keys[^1]}: not tried any more", failure.Evidence, StringComparison.Ordinal);
    }

    /// <summary>A dialer whose user is asked for the passphrase of a key; the questions, and the answer to each by its number.</summary>
    private (List<string> Asked, SshDialer Dialer) Asking(Func<int, string> answer)
    {
        var asked = new List<string>();
        var settings = world.Settings(Config with { Keys = ["~/.ssh/own"] }) with
        {
            AskPassphrase = file =>
            {
                asked.Add(file);
                return answer(asked.Count - 1);
            },
        };
        return (asked, new SshDialer(settings, TimeProvider.System));
    }

    /// <summary>An ssh-agent in the foreground, with a key.</summary>
    private Process StartAgent(string key)
    {
        var socket = Path.Combine(world.Root, "agent");
        var info = new ProcessStartInfo("ssh-agent", ["-D", "-a", socket]) { RedirectStandardOutput = true };
        var agent = Process.Start(info)!;
        // It says where it listens once it does.
        agent.StandardOutput.ReadLine();
        world.Environment["SSH_AUTH_SOCK"] = socket;
        SshTools.Run("env", $"SSH_AUTH_SOCK={socket}", "ssh-add", "-q", key);
        return agent;
    }
}
