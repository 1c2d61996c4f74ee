using Lotse.Planning;

namespace Lotse.Nuke.Console;

/// <summary>What a plan changes, in a few words for a person. Pure.</summary>
internal static class ChangeText
{
    public static string Of(Plan plan)
    {
        var to = plan.Release.Version;
        return plan switch
        {
            { From: null } => $"nothing → {to}",
            { IsMixed: true } => $"{plan.From}, on some hosts another release or none → {to}",
            { From: var from } when from == to => $"{to} serves, and not all is as it is configured",
            _ => $"{plan.From} → {to}",
        };
    }
}
