using Lotse.Planning.Setup;
using Lotse.Testing.Servers;

namespace Lotse.Setup.Tests;

/// <summary>A small server gets swap space where its file system can have it. Swap space is the whole machine's.</summary>
public sealed class SwapTests
{
    // The server's own disk: its root is an overlay, to which nothing can be swapped.
    private const string Disk = "/var/lib/docker";

    private const string HaveLittleMemory =
        "printf 'MemTotal: 1000000 kB\\nSwapTotal: 0 kB\\n' >/tmp/meminfo && mount --bind /tmp/meminfo /proc/meminfo";

    private const string TrySwap =
        $"fallocate -l 1M {Disk}/try && chmod 600 {Disk}/try && mkswap {Disk}/try && swapon {Disk}/try && swapoff {Disk}/try";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_swap_file_is_made_once_and_nothing_is_left_where_none_can_be()
    {
        await using var world = await SetupWorld.StartAsync(1, ServerKind.Bare, Cancellation);
        var node = world.Node;
        var allowed = await node.TryExecAsync(TrySwap, Cancellation);
        Assert.SkipUnless(allowed.ExitCode == 0, $"This machine lets no server have swap space: {allowed.Error}");
        await node.ExecAsync($"{HaveLittleMemory} && printf 'tmpfs /tmp tmpfs defaults 0 0' >/etc/fstab", Cancellation);

        var plan = Assert.Single((await world.Setup().PreviewAsync(Cancellation)).Servers).Plan;
        var step = Assert.Single(plan.Changes, c => c.Topic == SetupTopic.Swap);
        var script = RootScript.Strict(step.Script);

        Assert.NotEqual(0, (await node.TryExecAsync(script, Cancellation)).ExitCode);
        Assert.NotEqual(0, (await node.TryExecAsync("ls /swapfile", Cancellation)).ExitCode);

        await node.ExecAsync($"ln -s {Disk}/swapfile /swapfile", Cancellation);
        try
        {
            await node.ExecAsync(script, Cancellation);
            Assert.Contains("swapfile", await node.ExecAsync("grep swapfile /proc/swaps", Cancellation));
            Assert.Equal("600", await node.ExecAsync("stat -L -c %a /swapfile", Cancellation));
            const string Table = "tmpfs /tmp tmpfs defaults 0 0\n/swapfile none swap sw 0 0";
            Assert.Equal(Table, await node.ExecAsync("cat /etc/fstab", Cancellation));

            // One that is not swapped to may be anything.
            await node.ExecAsync("swapoff /swapfile", Cancellation);
            Assert.NotEqual(0, (await node.TryExecAsync(script, Cancellation)).ExitCode);
            Assert.Equal(Table, await node.ExecAsync("test -e /swapfile && cat /etc/fstab", Cancellation));
        }
        finally
        {
            await node.TryExecAsync("swapoff /swapfile", CancellationToken.None);
        }
    }
}
