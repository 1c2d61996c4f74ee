using System.Text.Json.Nodes;
using Gocatest.Configuration;
using Lotse.Testing.Processes;

namespace Gocatest.Tests.Support;

/// <summary>The built program as a process of its own.</summary>
internal static class BoardProcess
{
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public static TestProcess Start(params (string Name, string Value)[] variables)
    {
        var environment = new Dictionary<string, string?>
        {
            ["BIND_ADDRESS"] = "127.0.0.1",
            ["FRONTEND_PORT"] = "0",
            ["BACKEND_PORT"] = "0",
            ["POSTGRES_HOST"] = "127.0.0.1",
            ["POSTGRES_PORT"] = "1",
        };
        foreach (var (name, value) in variables)
        {
            environment[name] = value;
        }

        return TestProcess.Start(
            new ProcessRequest
            {
                FileName = "dotnet",
                Arguments = [typeof(Settings).Assembly.Location],
                Environment = environment,
            }
        );
    }

    public static TestProcess Start(DatabaseSettings database) =>
        Start(
            ("POSTGRES_HOST", database.Host),
            ("POSTGRES_PORT", $"{database.Port}"),
            ("POSTGRES_USER", database.User),
            ("POSTGRES_DB", database.Name),
            ("POSTGRES_PASSWORD", database.Password)
        );

    /// <summary>Waits until it serves.</summary>
    /// <returns>The frontend's address.</returns>
    public static async Task<Uri> FrontendAsync(TestProcess process)
    {
        var line = await EventAsync(process, "started");
        return new Uri($"http://127.0.0.1:{line["frontendPort"]}");
    }

    public static async Task<JsonNode> EventAsync(TestProcess process, string name)
    {
        var line = await process.WaitForLineAsync(
            l => l.Contains($"\"event\":\"{name}\"", StringComparison.Ordinal),
            Limit,
            TestContext.Current.CancellationToken
        );
        return JsonNode.Parse(line.Text)!;
    }
}
