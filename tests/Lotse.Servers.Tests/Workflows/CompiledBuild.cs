using Lotse.Testing.Processes;

namespace Lotse.Servers.Tests.Workflows;

/// <summary>
/// The build of this repository, which is compiled already because it runs these tests or a command of theirs. A clone of the same sources gets it, and need not compile it.
/// </summary>
internal static class CompiledBuild
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    // By the functions of build.sh itself, which finds the build up to date then. Where the sources here are not those that were cloned, the clone compiles its own.
    private const string Script = """
        set -euo pipefail
        from="$1" root="$2"
        sources=(build src 'Directory.*.props' global.json BannedSymbols.txt .editorconfig)
        changes="$(git -C "$from" status --porcelain -- "${sources[@]}")"
        if [ -n "$changes" ] || [ ! -f "$from/.nuke/temp/build.stamp" ]; then exit 0; fi
        mkdir -p "$root/.nuke/temp" "$root/build/bin"
        cp -Rp "$from/build/bin/Release" "$root/build/bin/"
        engine_file="$root/.nuke/temp/engine.props"
        if [ -f "$from/.nuke/temp/engine.props" ]; then cp -p "$from/.nuke/temp/engine.props" "$engine_file"; fi
        eval "$(sed -n '/^inputs() {/,/^}/p; /^engine() {/,/^}/p' "$root/build.sh")"
        stamp="$(inputs "$(engine)")"
        printf '%s\n' "$stamp" >"$root/.nuke/temp/build.stamp"
        """;

    /// <summary>Puts it into a clone.</summary>
    /// <param name="from">This repository.</param>
    /// <param name="to">The clone.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task CopyAsync(string from, string to, CancellationToken cancellation)
    {
        var request = new ProcessRequest { FileName = "bash", Arguments = ["-c", Script, "bash", from, to] };
        var ended = await TestProcess.RunAsync(request, Limit, cancellation);
        Assert.True(ended.ExitCode == 0, ended.Error);
    }
}
