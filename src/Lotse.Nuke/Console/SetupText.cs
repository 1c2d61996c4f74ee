using Lotse.Execution.Ports;
using Lotse.Execution.Setup;
using Lotse.Planning.Setup;

namespace Lotse.Nuke.Console;

/// <summary>What came of a set-up, as lines for a person. Pure.</summary>
internal static class SetupText
{
    public static IEnumerable<(bool IsWarning, string Line)> Of(SetupReport report, bool isPreview)
    {
        foreach (var server in report.Servers)
        {
            foreach (var line in isPreview ? Preview(server.Plan) : Done(server))
            {
                yield return (false, $"[{server.Plan.Server.Host}] {line}");
            }

            foreach (var notice in server.Notices)
            {
                yield return (true, $"[{server.Plan.Server.Host}] {notice}");
            }
        }

        if (isPreview || !report.HasChanges)
        {
            yield return (false, isPreview ? "Nothing was changed" : "Nothing to do: the servers are set up already");
        }
    }

    private static IEnumerable<string> Preview(SetupPlan plan)
    {
        yield return $"{plan.Server.Name} as {plan.Server.User}: {plan.Changes.Count()} change(s)";
        foreach (var step in plan.Changes)
        {
            yield return $"  {step.Title}: {step.Why}";
        }
    }

    private static IEnumerable<string> Done(ServerReport server)
    {
        if (server.Ports.Length == 0)
        {
            yield break;
        }

        var reached = server.Ports.Where(p => p.Answer != PortAnswer.Silent).Select(p => p.Port);
        var silent = server.Ports.Where(p => p.Answer == PortAnswer.Silent).Select(p => p.Port);
        yield return $"from here, port(s) {string.Join(", ", reached)} can be reached; tried and silent: "
            + string.Join(", ", silent);
    }
}
