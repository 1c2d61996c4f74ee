namespace Lotse.Planning.Setup.Steps;

/// <summary>A small server gets a swap file.</summary>
internal static class SwapStep
{
    /// <summary>From here on a server does without.</summary>
    private const long EnoughKiB = 2 * 1024 * 1024;

    /// <summary>A disk with less free has better uses for what is left.</summary>
    private const long RoomKiB = 4 * 1024 * 1024;

    private const string Script = """
        file=/swapfile
        if [ -e $file ]; then
          echo "there is a file $file already, and it is not swapped to" >&2
          exit 1
        fi
        trap '[ -n "${done:-}" ] || rm -f $file' EXIT
        fallocate -l 1G $file || dd if=/dev/zero of=$file bs=1M count=1024 status=none
        chmod 600 $file
        mkswap $file >/dev/null
        swapon $file
        done=yes
        if ! grep -qs '^/swapfile[[:space:]]' /etc/fstab; then
          [ ! -s /etc/fstab ] || [ -z "$(tail -c1 /etc/fstab)" ] || echo >>/etc/fstab
          echo '/swapfile none swap sw 0 0' >>/etc/fstab
        fi
        """;

    public static SetupStep Plan(ServerFacts server)
    {
        var isNeeded = server is { MemoryKiB: < EnoughKiB, SwapKiB: 0, FreeKiB: > RoomKiB };
        return new SetupStep
        {
            Topic = SetupTopic.Swap,
            Title = isNeeded ? "Make a swap file of 1 GiB" : "Swap space",
            Why = $"the server has {server.MemoryKiB / 1024} MiB of memory, and a deploy runs two releases for a while",
            State = isNeeded ? SetupState.Change : SetupState.InPlace,
            Script = isNeeded ? Script : "",
        };
    }
}
