using Nuke.Common.IO;
using Serilog;

namespace Nuke.Common.Parameters;

/// <summary>Where values come from, in order: command line, environment, files.</summary>
internal sealed class ParameterSource(
    CommandLine commandLine,
    EnvironmentVariables environment,
    Lazy<ParameterFiles> files,
    AbsolutePath workingDirectory,
    Lazy<AbsolutePath> rootDirectory
)
{
    /// <summary>The name of the parameter that also takes the positional arguments.</summary>
    public const string Targets = "Target";

    /// <summary>The name of the parameter that names what to leave out.</summary>
    public const string SkippedTargets = "Skip";

    /// <summary>The value of a parameter, or null where none was given or it does not fit (which warns).</summary>
    public object? Read(ParameterMember parameter)
    {
        var separator = parameter.Attribute.Separator;
        try
        {
            return ReadCall(parameter.Name, parameter.Type, separator)
                ?? (
                    parameter.IsSecret ? RefuseSecret(parameter) : ReadFiles(parameter.Name, parameter.Type, separator)
                );
        }
        catch (FormatException exception)
        {
            // The text of a secret is part of the reason.
            var reason = parameter.IsSecret ? "its text does not fit its type" : exception.Message;
            Log.Warning("Could not inject value for {Member}: {Reason}", parameter.DisplayName, reason);
            return null;
        }
    }

    /// <summary>The value of a name from this call alone: the command line, else the environment.</summary>
    /// <exception cref="FormatException">The text does not fit the type.</exception>
    public object? ReadCall(string name, Type type, string? separator = null) =>
        ReadCommandLine(name, type, separator) ?? ReadEnvironment(name, type, separator);

    private object? ReadCommandLine(string name, Type type, string? separator)
    {
        var values = commandLine.Named(name);
        if (values == null && name == Targets && commandLine.Positional.Length > 0)
            values = commandLine.Positional;

        return values == null
            ? null
            : ValueConverter.Convert(Split(values, separator), type, bare: true, workingDirectory);
    }

    private object? ReadEnvironment(string name, Type type, string? separator)
    {
        var value = environment.Find(name, out var ambiguous);
        if (ambiguous.Length > 0)
            Log.Warning("{Name} is not read: it could be any of {Variables}", name, string.Join(", ", ambiguous));
        if (value == null)
            return null;

        var values = Split([value], separator).Where(part => !string.IsNullOrWhiteSpace(part));
        return ValueConverter.Convert([.. values], type, bare: false, workingDirectory);
    }

    private object? ReadFiles(string name, Type type, string? separator) =>
        files.Value.Find(name) is { } values
            ? ValueConverter.Convert(Split(values, separator), type, bare: false, rootDirectory.Value)
            : null;

    private object? RefuseSecret(ParameterMember parameter)
    {
        var values = files.Value.Find(parameter.Name);
        if (values == null)
            return null;

        var fact = values.Any(value => value.StartsWith("v1:", StringComparison.Ordinal))
            ? "this engine cannot decrypt parameter files"
            : "secrets in parameter files must be encrypted";
        Log.Warning(
            "Could not inject value for {Member}: {Fact}. Give it as an environment variable instead",
            parameter.DisplayName,
            fact
        );
        return null;
    }

    private static string[] Split(string[] values, string? separator) =>
        string.IsNullOrEmpty(separator) ? values : [.. values.SelectMany(value => value.Split(separator[0]))];
}
