namespace Nuke.Common.Tests.Scripts;

/// <summary>A PATH of its own: the tools that build.sh needs, and programs that a test writes.</summary>
internal sealed class FakeTools
{
    private static readonly string[] Needed =
    [
        "bash",
        "cat",
        "cp",
        "dirname",
        "env",
        "find",
        "mkdir",
        "mv",
        "readlink",
        "rm",
        "sed",
        "sleep",
        "stat",
        "tee",
        "timeout",
    ];

    private readonly string folder;

    public FakeTools(ScriptTree tree)
    {
        folder = Directory.CreateDirectory(Path.Combine(tree.Outside, "tools")).FullName;
        foreach (var name in Needed)
            TryLink(name);
        tree.Environment["PATH"] = folder;
    }

    /// <summary>Puts a real program into the path, where the machine has it.</summary>
    public bool TryLink(string name)
    {
        var target = ScriptTree.PathFolders.Select(x => Path.Combine(x, name)).FirstOrDefault(File.Exists);
        if (target != null)
            File.CreateSymbolicLink(Path.Combine(folder, name), target);
        return target != null;
    }

    /// <summary>Puts a program into the path.</summary>
    public void Write(string name, string script)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, "#!/usr/bin/env bash\nset -eu\n" + script);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>A dotnet that notes when it compiles, and restores with the real one.</summary>
    public void WriteDotnet()
    {
        var real = ScriptTree.PathFolders.Select(x => Path.Combine(x, "dotnet")).First(File.Exists);
        Write("dotnet", $"real='{real}'\n{Dotnet}");
    }

    /// <summary>What a dotnet does in these tests.</summary>
    public const string Dotnet = """
        case "$1" in
          --version) printf '10.0.100\n' ;;
          restore) exec "$real" "$@" ;;
          build)
            mkdir compiling || { printf 'two at once\n' >>problems.txt; exit 1; }
            printf '%s\n' "$*" >>compiled.txt
            mkdir -p build/bin/Release
            printf 'assembly\n' >build/bin/Release/_build.dll
            sleep "${FAKE_COMPILE_SECONDS:-0}"
            rmdir compiling 2>/dev/null || rm -r compiling
            ;;
          *) printf 'started [%s] with %s\n' "${DOTNET_ROOT:-}" "$*" ;;
        esac

        """;
}
