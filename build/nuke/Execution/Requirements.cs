using System.Linq.Expressions;
using System.Reflection;
using Nuke.Common.Parameters;

namespace Nuke.Common.Execution;

/// <summary>What must be given before any target runs.</summary>
internal static class Requirements
{
    /// <summary>Checks the requirements of the scheduled targets and all <c>[Required]</c> parameters.</summary>
    /// <exception cref="BuildException">Names everything that is missing.</exception>
    public static void Check(NukeBuild build, IEnumerable<ParameterMember> parameters)
    {
        var missing = build
            .ScheduledTargets.SelectMany(target => MissingFor(target, build))
            .Concat(
                parameters
                    .Where(x => x.IsRequired && IsEmpty(x.Read(build)))
                    .Select(x => $"Member '{x.Name}' is required to be not null or empty")
            )
            .Distinct()
            .ToList();
        if (missing.Count > 0)
            throw new BuildException(string.Join('\n', missing));
    }

    private static IEnumerable<string> MissingFor(ExecutableTarget target, NukeBuild build)
    {
        foreach (var requirement in target.Definition.Requirements)
        {
            if (requirement is Expression<Func<bool>> condition)
            {
                if (!condition.Compile(preferInterpretation: true)())
                    yield return $"Target '{target.Name}' requires '{requirement.Body}'";
            }
            else if (IsMissing(ValueInjection.MemberOf(requirement), build, target, out var name))
            {
                yield return $"Target '{target.Name}' requires member '{name}' to be not null or empty";
            }
        }
    }

    private static bool IsMissing(MemberInfo member, NukeBuild build, ExecutableTarget target, out string name)
    {
        var parameter = ParameterMember.Of(member);
        name = parameter?.Name ?? member.Name;
        return parameter == null
            ? throw new BuildException($"Member '{name}' is required by target '{target.Name}' but is no parameter")
            : IsEmpty(parameter.Read(build));
    }

    private static bool IsEmpty(object? value) =>
        value is null || (value is string text && string.IsNullOrWhiteSpace(text));
}
