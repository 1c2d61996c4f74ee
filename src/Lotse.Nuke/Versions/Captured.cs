using System.ComponentModel;
using System.Text;
using Lotse.Hosts.Local;

namespace Lotse.Nuke.Versions;

/// <summary>A program's whole answer.</summary>
internal sealed record Captured(int ExitCode, string Output, string LastLine)
{
    /// <summary>Runs a program and keeps what it writes to standard output.</summary>
    /// <exception cref="Win32Exception">There is no such program.</exception>
    public static async Task<Captured> RunAsync(
        string program,
        string folder,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment,
        CancellationToken cancellation
    )
    {
        var output = "";
        var request = new ProcessRequest
        {
            Program = program,
            Arguments = [.. arguments],
            Directory = folder,
            Environment = environment ?? new Dictionary<string, string>(),
            ReadOutput = async (stream, token) =>
            {
                using var reader = new StreamReader(stream, Encoding.UTF8);
                output = await reader.ReadToEndAsync(token);
            },
        };
        var result = await LocalProcess.RunAsync(request, cancellation);
        return new Captured(result.ExitCode, output, result.Tail.LastOrDefault() ?? "");
    }
}
