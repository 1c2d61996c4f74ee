using Lotse.Configuration;
using Lotse.Execution.Ports;

namespace Lotse.Hosts.Tests.Ssh.Access.Live;

public sealed class HostKeyTests : IDisposable
{
    private readonly AccessWorld world = new();

    public void Dispose() => world.Dispose();

    [Theory]
    [RepresentedBy("rsa: the kind that is agreed on last, unless it is asked for because it is the known one")]
    [AllOnlyData("ed25519")]
    [InlineData("rsa")]
    [AllOnlyData("ecdsa")]
    public async Task A_server_is_trusted_by_any_one_of_its_keys(string kind)
    {
        await using var server = await StartAsync("ed25519", "rsa", "ecdsa");
        world.Pin(server.KnownHost(kind));
        await using var link = await world.DialAsync("127.0.0.1", At(server));
        Assert.Equal(SshServer.User, link.Client.RunCommand("id -un").Result.Trim());
    }

    [Fact]
    public async Task A_hashed_entry_of_the_users_own_file_is_enough()
    {
        await using var server = await StartAsync("ed25519");
        var file = world.Write("home/.ssh/known_hosts", server.KnownHost() + "\n");
        SshTools.Run("ssh-keygen", "-H", "-f", file);
        Assert.StartsWith("|1|", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        await using var link = await world.DialAsync("127.0.0.1", At(server));
        Assert.True(link.Client.IsConnected);
    }

    [Fact]
    public async Task An_unknown_key_is_an_error_with_its_fingerprint_and_the_line_that_pins_it()
    {
        await using var server = await StartAsync("ed25519");
        var failure = await world.FailAsync("127.0.0.1", At(server));
        Assert.Equal(HostFailure.HostKey, failure.Failure);
        Assert.Contains(server.Fingerprint(), failure.Message, StringComparison.Ordinal);
        Assert.Contains("config/known_hosts", failure.Evidence, StringComparison.Ordinal);
        // What the message says to do is what helps.
        world.Pin(failure.Cure.Split('\n')[^1].Trim());
        await using var link = await world.DialAsync("127.0.0.1", At(server));
        Assert.True(link.Client.IsConnected);
    }

    [Fact]
    public async Task A_changed_key_names_both_fingerprints_and_the_line_that_disagrees()
    {
        await using var server = await StartAsync("ed25519");
        await using var other = await StartAsync("ed25519");
        var entry = server.KnownHost().Split(' ')[0] + " " + string.Join(' ', other.KnownHost().Split(' ')[1..]);
        world.Pin("# servers", entry);
        world.Write("home/.ssh/known_hosts", server.KnownHost());
        var failure = await world.FailAsync("127.0.0.1", At(server));
        Assert.Equal(HostFailure.HostKey, failure.Failure);
        Assert.Contains(server.Fingerprint(), failure.Message, StringComparison.Ordinal);
        Assert.Contains(
            $"config/known_hosts:2: ssh-ed25519 {other.Fingerprint()}",
            failure.Evidence,
            StringComparison.Ordinal
        );
    }

    private static SshConfig At(SshServer server) => new() { User = SshServer.User, Port = server.Port };

    private async Task<SshServer> StartAsync(params string[] kinds)
    {
        var server = await SshServer.StartAsync(world.Root, kinds);
        var key = Path.Combine(world.Home, ".ssh", "id_ed25519");
        server.Authorize((File.Exists(key) ? key : world.Key("id_ed25519")) + ".pub");
        return server;
    }
}
