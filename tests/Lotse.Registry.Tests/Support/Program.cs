using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Lotse.Registry.Tests.Support;

/// <summary>Runs the tests, or with <c>--serve DIRECTORY</c> is a registry process for them.</summary>
internal static class Program
{
    public const string Serve = "--serve";

    public static async Task<int> Main(string[] args)
    {
        if (args is [Serve, var directory])
        {
            await ServeAsync(directory);
            return 0;
        }

        return args.Contains("--server") || args.Contains("--internal-msbuild-node")
            ? await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : await ConsoleRunner.Run(args);
    }

    /// <summary>Says its port and serves until standard input ends: with its parent, at the latest.</summary>
    private static async Task ServeAsync(string directory)
    {
        await using var server = await RegistryServer.StartAsync(new RegistryOptions { Directory = directory });
        Console.WriteLine(server.Endpoint.Port);
        await Console.In.ReadToEndAsync();
    }
}
