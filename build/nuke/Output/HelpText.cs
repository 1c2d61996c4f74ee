using System.Text;
using Nuke.Common.Execution;
using Nuke.Common.Parameters;

namespace Nuke.Common.Output;

/// <summary>What <c>--help</c> shows.</summary>
internal static class HelpText
{
    private const int Width = 100;

    /// <summary>The listed targets with their direct dependencies, then the parameters.</summary>
    public static string Of(IReadOnlyList<ExecutableTarget> targets, IReadOnlyList<ParameterMember> parameters)
    {
        var text = new StringBuilder();
        AppendTargets(text, targets.Where(x => x.Listed).ToList());

        var listed = parameters.Where(x => x.Attribute.List).ToList();
        var column = Math.Max(listed.Max(x => x.DashedName.Length), 16);
        var defaults = targets.Where(x => x.IsDefault).Select(x => x.Name).DefaultIfEmpty("<none>");
        text.AppendLine().AppendLine("Parameters:");
        foreach (var group in listed.GroupBy(x => x.IsInherited).OrderBy(x => x.Key))
        {
            text.AppendLine();
            foreach (var parameter in group)
                AppendParameter(text, parameter, column, string.Join(", ", defaults));
        }

        return text.ToString();
    }

    private static void AppendTargets(StringBuilder text, List<ExecutableTarget> targets)
    {
        var column = targets.Select(x => Label(x).Length).Append(20).Max();
        text.AppendLine("Targets (with their direct dependencies):").AppendLine();
        foreach (var target in targets)
        {
            var dependencies = string.Join(", ", target.ExecutionDependencies.Select(x => x.Name));
            var arrow = dependencies.Length == 0 ? "" : $" -> {dependencies}";
            text.AppendLine($"  {Label(target).PadRight(column)}{arrow}".TrimEnd());
            if (!string.IsNullOrWhiteSpace(target.Description))
                text.AppendLine($"    {target.Description}");
        }
    }

    private static string Label(ExecutableTarget target) => target.Name + (target.IsDefault ? " (default)" : "");

    private static void AppendParameter(StringBuilder text, ParameterMember parameter, int column, string defaults)
    {
        var description = parameter.Attribute.Description?.Replace(
            "{default_target}",
            defaults,
            StringComparison.Ordinal
        );
        var lines = Wrap(description == null ? "<no description>" : description.TrimEnd('.') + ".", Width - column - 6);
        text.AppendLine($"  --{parameter.DashedName.PadRight(column)}   {lines[0]}");
        foreach (var line in lines.Skip(1))
            text.Append(' ', column + 7).AppendLine(line);
    }

    private static List<string> Wrap(string text, int width)
    {
        var lines = new List<string>();
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (lines.Count > 0 && lines[^1].Length + 1 + word.Length <= width)
                lines[^1] += " " + word;
            else
                lines.Add(word);
        }

        return lines;
    }
}
