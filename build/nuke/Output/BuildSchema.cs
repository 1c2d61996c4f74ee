using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using Nuke.Common.Execution;
using Nuke.Common.Parameters;

namespace Nuke.Common.Output;

/// <summary>The JSON schema of <c>.nuke/parameters.json</c>: names, types and values for editors to propose.</summary>
internal sealed class BuildSchema
{
    private readonly Utf8JsonWriter json;
    private readonly NukeBuild build;

    private BuildSchema(Utf8JsonWriter json, NukeBuild build)
    {
        this.json = json;
        this.build = build;
    }

    public static byte[] Of(
        NukeBuild build,
        IReadOnlyList<ExecutableTarget> targets,
        IReadOnlyList<ParameterMember> parameters
    )
    {
        using var stream = new MemoryStream();
        var options = new JsonWriterOptions
        {
            Indented = true,
            NewLine = "\n",
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        using (var json = new Utf8JsonWriter(stream, options))
            new BuildSchema(json, build).Write(targets, parameters.ToLookup(x => x.IsInherited));

        return stream.ToArray();
    }

    private void Write(IReadOnlyList<ExecutableTarget> targets, ILookup<bool, ParameterMember> parameters)
    {
        json.WriteStartObject();
        json.WriteString("$schema", "http://json-schema.org/draft-04/schema#");
        json.WriteStartObject("definitions");
        WriteNames(nameof(Host), Host.All.Select(x => x.Name));
        WriteNames(nameof(ExecutableTarget), targets.Select(x => x.Name).Order(StringComparer.Ordinal));
        json.WriteStartObject(nameof(NukeBuild));
        WriteProperties(parameters[true]);
        json.WriteEndObject();
        json.WriteEndObject();

        json.WriteStartArray("allOf");
        json.WriteStartObject();
        WriteProperties(parameters[false]);
        json.WriteEndObject();
        json.WriteStartObject();
        WriteReference(nameof(NukeBuild));
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteNames(string definition, IEnumerable<string> names)
    {
        json.WriteStartObject(definition);
        json.WriteString("type", "string");
        WriteChoices(names);
        json.WriteEndObject();
    }

    private void WriteProperties(IEnumerable<ParameterMember> parameters)
    {
        json.WriteStartObject("properties");
        foreach (var parameter in parameters)
        {
            json.WriteStartObject(parameter.Name);
            WriteType(parameter);
            if (parameter.Attribute.Description is { } description)
                json.WriteString("description", description.TrimEnd('.'));
            if (parameter.IsSecret)
                json.WriteString("default", "Secrets are given as environment variables");
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private void WriteType(ParameterMember parameter)
    {
        var isTargets = parameter.Type == typeof(IReadOnlyCollection<ExecutableTarget>);
        if (!parameter.Type.IsArray && !isTargets)
        {
            WriteScalar(parameter);
            return;
        }

        json.WriteString("type", "array");
        json.WriteStartObject("items");
        if (isTargets)
            WriteReference(nameof(ExecutableTarget));
        else
            WriteScalar(parameter);
        json.WriteEndObject();
    }

    private void WriteScalar(ParameterMember parameter)
    {
        if (parameter.Type == typeof(Host))
        {
            WriteReference(nameof(Host));
            return;
        }

        var type = parameter.ScalarType;
        json.WriteString("type", JsonTypeOf(type));
        if (ProposedBy(parameter) is { } proposed)
            WriteChoices(proposed);
        else if (type.IsEnum)
            WriteChoices(Enum.GetNames(type));
    }

    private IEnumerable<string>? ProposedBy(ParameterMember parameter)
    {
        if (parameter.Attribute.ValueProviderMember is not { } name)
            return null;

        const BindingFlags Any =
            BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        var type = build.GetType();
        var provider = type.GetProperty(name, Any)?.GetValue(build) ?? type.GetField(name, Any)?.GetValue(build);
        return provider as IEnumerable<string>
            ?? throw new BuildException($"{parameter.DisplayName} needs '{name}' of type IEnumerable<string>");
    }

    private void WriteChoices(IEnumerable<string> names)
    {
        json.WriteStartArray("enum");
        foreach (var name in names)
            json.WriteStringValue(name);
        json.WriteEndArray();
    }

    private void WriteReference(string definition) => json.WriteString("$ref", $"#/definitions/{definition}");

    private static string JsonTypeOf(Type type) =>
        Type.GetTypeCode(type) switch
        {
            _ when type.IsEnum => "string",
            TypeCode.Boolean => "boolean",
            TypeCode.Single or TypeCode.Double or TypeCode.Decimal => "number",
            >= TypeCode.SByte and <= TypeCode.UInt64 => "integer",
            _ => "string",
        };
}
