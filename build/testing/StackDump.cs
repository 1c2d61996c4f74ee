using System.ComponentModel;
using System.Text.RegularExpressions;

namespace Lotse.TestRuns;

/// <summary>
/// The stacks of a .NET process, those of waiting asynchronous methods included, by dotnet-dump: a test that hangs mostly waits in one, which is on no thread's stack.
/// </summary>
public static partial class StackDump
{
    private static readonly string[] Dump = ["tool", "run", "dotnet-dump", "--"];
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Takes them; where that cannot be done, says why instead.</summary>
    /// <param name="root">The folder with the tool manifest that names dotnet-dump; its tools are restored.</param>
    /// <param name="processId">The process.</param>
    public static async Task<string> TakeAsync(string root, int processId)
    {
        var file = Path.Combine(Path.GetTempPath(), $"lotse-hang-{processId}.dmp");
        try
        {
            await RunAsync(root, ["tool", "restore"]);
            var taken = await RunAsync(root, [.. Dump, "collect", "--type", "Heap", "-p", $"{processId}", "-o", file]);
            return File.Exists(file)
                ? Shorten(
                    await RunAsync(root, [.. Dump, "analyze", file, "-c", "dumpasync", "-c", "pstacks", "-c", "exit"])
                )
                : $"No stacks: {taken}";
        }
        catch (Exception exception) when (exception is Win32Exception or TimeoutException)
        {
            return $"No stacks: {exception.Message}";
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Without addresses, and without the frames of the test runner itself.</summary>
    internal static string Shorten(string stacks) =>
        string.Join(
            '\n',
            stacks
                .Split('\n')
                .Select(line => Addresses().Replace(line, "$1"))
                .Where(line => !line.TrimStart().StartsWith("Xunit.", StringComparison.Ordinal))
        );

    [GeneratedRegex(@"^(\s*)[0-9a-f]{16} [0-9a-f]{16} \([^)]*\) ")]
    private static partial Regex Addresses();

    private static async Task<string> RunAsync(string root, string[] arguments) =>
        (await ChildProcess.RunAsync("dotnet", arguments, root, Limit, CancellationToken.None)).Output;
}
