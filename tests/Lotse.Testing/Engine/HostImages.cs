using System.Diagnostics;
using System.Runtime.InteropServices;
using Lotse.Testing.Processes;

namespace Lotse.Testing.Engine;

/// <summary>
/// Images made of programs of this machine and the libraries that they load, for tests that must run where no image can be
/// pulled.
/// </summary>
public static class HostImages
{
    private const string Root = "root";

    private const string Dockerfile = "FROM scratch\nCOPY root/ /\nENV PATH=/usr/share/dotnet:/usr/bin:/bin\n";

    private static readonly TimeSpan LddLimit = TimeSpan.FromSeconds(30);

    /// <summary>A shell and a few tools: about 2 MB.</summary>
    public static Task<string> BuildShellAsync(this TestEngine engine, CancellationToken cancellationToken) =>
        BuildAsync(engine, "shell", _ => Task.CompletedTask, cancellationToken);

    /// <summary>The shell, and the .NET and ASP.NET Core runtimes that this test runs on: what mcr.microsoft.com/dotnet/aspnet
    /// is to a team.</summary>
    public static Task<string> BuildAspNetAsync(this TestEngine engine, CancellationToken cancellationToken) =>
        BuildAsync(engine, "aspnet", context => AddRuntimesAsync(context, cancellationToken), cancellationToken);

    private static async Task<string> BuildAsync(
        TestEngine engine,
        string purpose,
        Func<ImageContext, Task> add,
        CancellationToken cancellationToken
    )
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux(),
            "Images are made of this machine's programs, which are not Linux's."
        );
        await using var context = new ImageContext(Dockerfile);
        context.AddText($"{Root}/tmp/.keep", "");
        foreach (var program in (string[])["sh", "sleep", "cat", "ls", "stty"])
        {
            await AddProgramAsync(context, $"/bin/{program}", cancellationToken);
        }

        await add(context);
        return await engine.BuildAsync(purpose, context, cancellationToken);
    }

    private static async Task AddRuntimesAsync(ImageContext context, CancellationToken cancellationToken)
    {
        // [root]/shared/Microsoft.NETCore.App/[version]/
        var runtime = new DirectoryInfo(RuntimeEnvironment.GetRuntimeDirectory());
        var root = runtime.Parent!.Parent!.Parent!.FullName;
        string[] folders =
        [
            runtime.FullName,
            Path.Combine(root, "shared", "Microsoft.AspNetCore.App", runtime.Name),
            Path.Combine(root, "host", "fxr", runtime.Name),
        ];
        foreach (var folder in folders)
        {
            context.AddFolder($"{Root}/usr/share/dotnet/{Path.GetRelativePath(root, folder)}", folder);
        }

        var dotnet = Path.Combine(root, "dotnet");
        context.AddFile($"{Root}/usr/share/dotnet/dotnet", dotnet);
        var libraries = folders.SelectMany(folder => Directory.EnumerateFiles(folder, "*.so"));
        foreach (var file in libraries.Append(dotnet))
        {
            await AddLibrariesAsync(context, file, cancellationToken);
        }

        await AddOpenSslAsync(context, cancellationToken);
    }

    // The runtime opens it by name when it first computes a hash, so that no header tells of it.
    private static async Task AddOpenSslAsync(ImageContext context, CancellationToken cancellationToken)
    {
        var loaded = Process.GetCurrentProcess().Modules.Cast<ProcessModule>();
        var libc = loaded.First(module => module.ModuleName.StartsWith("libc.so", StringComparison.Ordinal));
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(libc.FileName)!, "libssl.so.*"))
        {
            await AddProgramAsync(context, file, cancellationToken);
        }
    }

    private static Task AddProgramAsync(ImageContext context, string path, CancellationToken cancellationToken)
    {
        context.AddFile(Root + path, path);
        return AddLibrariesAsync(context, path, cancellationToken);
    }

    private static async Task AddLibrariesAsync(ImageContext context, string file, CancellationToken cancellationToken)
    {
        var ldd = new ProcessRequest { FileName = "ldd", Arguments = [file] };
        var result = await TestProcess.RunAsync(ldd, LddLimit, cancellationToken);

        // "libc.so.6 => /lib/libc.so.6 (0x7f...)" or "/lib64/ld-linux-x86-64.so.2 (0x7f...)"; what has no path is not loaded.
        var paths = result.Output.Split([' ', '\t', '\n']).Where(word => word.StartsWith('/') && File.Exists(word));
        foreach (var path in paths)
        {
            context.AddFile(Root + path, path);
        }
    }
}
