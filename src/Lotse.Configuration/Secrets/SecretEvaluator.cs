using System.Text;
using Lotse.Configuration.Reading;

namespace Lotse.Configuration.Secrets;

/// <summary>
/// Works out values, each once and only when it is asked for: so a command runs only if a secret that the configuration
/// names needs it.
/// </summary>
internal sealed class SecretEvaluator(
    SecretsFile file,
    IReadOnlyDictionary<string, string> environment,
    ShellRunner run,
    ProblemList problems
)
{
    private readonly Dictionary<SecretLine, Evaluated> known = [];

    public Evaluated Evaluate(SecretLine line)
    {
        if (!known.TryGetValue(line, out var value))
        {
            value = Compute(line);
            known[line] = value;
        }

        return value;
    }

    /// <summary>The variables that the value needs and that nothing gives; no command is run for it.</summary>
    public IEnumerable<string> Unset(SecretLine line)
    {
        foreach (var variable in line.Value.OfType<VariablePart>())
        {
            if (file.Find(variable.Name, line.Index) is { } earlier)
            {
                foreach (var name in Unset(earlier))
                {
                    yield return name;
                }
            }
            else if (string.IsNullOrEmpty(environment.GetValueOrDefault(variable.Name)))
            {
                yield return variable.Name;
            }
        }
    }

    private Evaluated Compute(SecretLine line)
    {
        var text = new StringBuilder();
        foreach (var part in line.Value)
        {
            if (Part(part, line) is not { } value)
            {
                return Evaluated.Failed;
            }

            text.Append(value);
        }

        return new Evaluated(new Secret(text.ToString()));
    }

    private string? Part(ValuePart part, SecretLine line) =>
        part switch
        {
            LiteralPart literal => literal.Text,
            VariablePart variable => Variable(variable, line, environment.GetValueOrDefault(variable.Name) ?? ""),
            CommandPart command => Command(command, line),
            _ => throw new InvalidOperationException($"{part.GetType()} is no part of a value."),
        };

    private string? Variable(VariablePart variable, SecretLine line, string otherwise) =>
        file.Find(variable.Name, line.Index) is { } earlier ? Evaluate(earlier).Value?.Unwrap() : otherwise;

    /// <summary>
    /// Values of earlier lines go into the command's text, as under Kamal; the environment's are left to the shell.
    /// </summary>
    private string? Command(CommandPart command, SecretLine line)
    {
        var text = new StringBuilder();
        var secrets = new List<string>();
        foreach (var part in command.Parts)
        {
            var value = part is VariablePart variable
                ? Variable(variable, line, $"${{{variable.Name}}}")
                : Part(part, line);
            if (value is null)
            {
                return null;
            }

            text.Append(value);
            if (part is VariablePart)
            {
                secrets.Add(value);
            }
        }

        var result = run(text.ToString());
        if (result.ExitCode == 0)
        {
            return result.Output.EndsWith('\n') ? result.Output[..^1].TrimEnd('\r') : result.Output;
        }

        problems.Add(CommandFailures.Describe(line, text.ToString(), result, secrets));
        return null;
    }
}

/// <summary>A value, or none because a problem was reported.</summary>
internal sealed record Evaluated(Secret? Value)
{
    public static Evaluated Failed { get; } = new((Secret?)null);
}
