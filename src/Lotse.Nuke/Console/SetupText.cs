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

            foreach (var notice in server.Notices.Concat(isPreview ? Left(server.Plan) : []))
            {
                yield return (true, $"[{server.Plan.Server.Host}] {notice}");
            }
        }

        yield return (false, isPreview ? PreviewEnd(report) : End(report));
    }

    /// <summary>Whom deploys log in as; null when set-up had no part in that.</summary>
    /// <param name="made">The user whom set-up makes; null for none.</param>
    /// <param name="configured">The user whom the configuration names; null for none.</param>
    public static string? Login(string? made, string? configured) =>
        made is null ? null
        : made == configured ? $"Deploys log in as {made}"
        : $"The user {made} may deploy; deploys log in as {made} once the configuration says `ssh: {{user: {made}}}`";

    private static IEnumerable<string> Preview(SetupPlan plan)
    {
        var count = plan.Changes.Count();
        yield return $"{plan.Server.Name}, logged in as {plan.Server.User}: "
            + (count == 0 ? "nothing to do" : $"{count} change(s)");
        foreach (var step in plan.Changes)
        {
            yield return $"  {step.Title}: {step.Why}";
        }
    }

    private static IEnumerable<string> Left(SetupPlan plan) =>
        plan.Steps.Where(IsLeft).Select(step => $"would not be done: {step.Title}. {step.Note}");

    private static IEnumerable<string> Done(ServerReport server)
    {
        if (server.Ports.Length > 0)
        {
            var ports = server.Ports.ToLookup(p => p.Answer != PortAnswer.Silent, p => p.Port);
            yield return $"ports tried from here: {string.Join(", ", ports[true])} get through; silent: "
                + string.Join(", ", ports[false]);
        }
    }

    private static string PreviewEnd(SetupReport report) =>
        report.HasChanges ? "Nothing was changed: ServerSetup does this"
        : IsAnythingLeft(report) ? "Nothing was changed, and ServerSetup would change nothing as things are"
        : "Nothing was changed: the servers are set up already";

    private static string End(SetupReport report)
    {
        var changed = report.Servers.ToLookup(s => s.Plan.Changes.Any(), s => s.Plan.Server.Host);
        var left = IsAnythingLeft(report) ? "; what is left to do stands above" : "";
        if (!report.HasChanges)
        {
            return left.Length > 0 ? $"Nothing was changed{left}" : "Nothing to do: the servers are set up already";
        }

        var others = changed[false].Any() ? $"; nothing to do on {string.Join(", ", changed[false])}" : "";
        return $"Set up: {string.Join(", ", changed[true])}{others}{left}";
    }

    private static bool IsAnythingLeft(SetupReport report) => report.Servers.Any(s => s.Plan.Steps.Any(IsLeft));

    private static bool IsLeft(SetupStep step) => step.State == SetupState.Deferred;
}
