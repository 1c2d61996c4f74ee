using System.Globalization;
using Lotse.Configuration;
using Lotse.Execution.Ports;
using Lotse.Hosts.Ssh.Access;
using Lotse.Hosts.Ssh.Access.KnownHosts;

namespace Lotse.Hosts.Tests.Ssh.Access.Live;

public sealed class HostKeyPinsTests : IDisposable
{
    private readonly AccessWorld world = new();

    public void Dispose() => world.Dispose();

    [Fact]
    public async Task All_keys_of_a_server_are_pinned_without_a_login_and_are_then_trusted()
    {
        await using var server = await SshServer.StartAsync(world.Root, ["ed25519", "rsa", "ecdsa"]);
        var settings = world.Settings(At(server));
        var pins = new HostKeyPins(settings, TimeProvider.System);
        var survey = await pins.AskAsync(["127.0.0.1"], TestContext.Current.CancellationToken);
        Assert.Empty(survey.Behind);
        string[] kinds = ["ed25519", "ecdsa", "rsa"];
        Assert.Equal(kinds.Select(k => server.Fingerprint(k)), survey.Keys.Select(k => k.Key.Fingerprint));

        pins.Write(pins.Plan(survey.Keys, replaces: false));
        Assert.Equal(kinds.Select(k => server.KnownHost(k)), File.ReadAllLines(settings.PinsFile));

        server.Authorize(world.Key("id_ed25519") + ".pub");
        await using var link = await AccessWorld.DialAsync("127.0.0.1", settings);
        Assert.True(link.Client.IsConnected);
        var again = await pins.AskAsync(["127.0.0.1"], TestContext.Current.CancellationToken);
        Assert.All(again.Keys, k => Assert.Equal(HostKeyTrust.Trusted, k.Verdict.Trust));
        Assert.False(pins.Plan(again.Keys, replaces: false).HasChanges);
    }

    [Fact]
    public async Task A_host_behind_a_jump_host_is_asked_once_that_ones_key_is_pinned_and_then_reached()
    {
        await using var jump = await SshServer.StartAsync(world.Root, ["ed25519"]);
        await using var server = await SshServer.StartAsync(world.Root, ["ed25519"]);
        jump.Authorize(world.Key("id_ed25519") + ".pub");
        var settings = world.Settings(At(server) with { Proxy = $"{SshServer.User}@localhost:{jump.Port}" });
        var pins = new HostKeyPins(settings, TimeProvider.System);

        var first = await pins.AskAsync(["127.0.0.1"], TestContext.Current.CancellationToken);
        Assert.Equal([jump.Fingerprint()], first.Keys.Select(k => k.Key.Fingerprint));
        Assert.Equal(["127.0.0.1"], first.Behind);
        pins.Write(pins.Plan(first.Keys, replaces: false));

        var second = await pins.AskAsync(first.Behind, TestContext.Current.CancellationToken);
        Assert.Equal([jump.Fingerprint(), server.Fingerprint()], second.Keys.Select(k => k.Key.Fingerprint));
        Assert.Empty(second.Behind);
        pins.Write(pins.Plan(second.Keys, replaces: false));

        server.Authorize(Path.Combine(world.Home, ".ssh", "id_ed25519.pub"));
        await using var link = await AccessWorld.DialAsync("127.0.0.1", settings);
        var connection = link.Client.RunCommand("echo $SSH_CONNECTION").Result.Split(' ');
        Assert.Equal(server.Port.ToString(CultureInfo.InvariantCulture), connection[^1].Trim());
    }

    [Fact]
    public async Task A_host_that_is_not_there_says_so()
    {
        using var port = new HeldPort();
        var nobody = new SshConfig { User = SshServer.User, Port = port.Number };
        var pins = new HostKeyPins(world.Settings(nobody), TimeProvider.System);
        var survey = await pins.AskAsync(["127.0.0.1"], TestContext.Current.CancellationToken);
        var (host, failure) = Assert.Single(survey.Failures);
        Assert.Equal("127.0.0.1", host);
        Assert.Equal(HostFailure.Unreachable, failure.Failure);
    }

    [Fact]
    public async Task A_host_that_is_not_there_loses_no_other_host_its_keys()
    {
        await using var server = await SshServer.StartAsync(world.Root, ["ed25519"]);
        var pins = new HostKeyPins(world.Settings(At(server)), TimeProvider.System);

        var survey = await pins.AskAsync(["127.0.0.2", "127.0.0.1"], TestContext.Current.CancellationToken);

        Assert.Equal([server.Fingerprint()], survey.Keys.Select(k => k.Key.Fingerprint));
        Assert.Equal(["127.0.0.2"], survey.Failures.Select(f => f.Host));
        Assert.Empty(survey.Behind);
    }

    [Theory]
    [InlineData(null, "`./build.sh PinHostKeys`")]
    [InlineData("staging", "`./build.sh PinHostKeys --destination staging`")]
    public async Task An_unknown_key_names_the_command_that_pins_it(string? destination, string command)
    {
        await using var server = await SshServer.StartAsync(world.Root, ["ed25519"]);
        var settings = world.Settings(At(server)) with { Destination = destination };
        var failure = await Assert.ThrowsAsync<HostException>(() => AccessWorld.DialAsync("127.0.0.1", settings));
        Assert.Contains(command, failure.Cure, StringComparison.Ordinal);
    }

    private static SshConfig At(SshServer server) => new() { User = SshServer.User, Port = server.Port };
}
