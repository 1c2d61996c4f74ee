using YamlDotNet.RepresentationModel;

namespace Lotse.Servers.Tests.Workflows;

/// <summary>A step of a workflow's job, as it stands in the file.</summary>
internal sealed record WorkflowStep
{
    private static readonly string[] KnownKeys = ["name", "uses", "with", "env", "run", "if"];

    /// <summary>What it is called; empty when it has no name.</summary>
    public required string Name { get; init; }

    /// <summary>The action it uses; empty when it runs a script.</summary>
    public required string Uses { get; init; }

    /// <summary>Its script; empty when it uses an action.</summary>
    public required string Run { get; init; }

    /// <summary>Its variables, and before them its job's and its workflow's.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Env { get; init; }

    /// <summary>Whether it runs although a step before it failed.</summary>
    public required bool IsAlways { get; init; }

    /// <summary>
    /// The steps of a job. What this reader does not know is an error: nothing is left out in silence.
    /// </summary>
    public static IReadOnlyList<WorkflowStep> Read(string file, string job)
    {
        using var reader = new StreamReader(file);
        var stream = new YamlStream();
        stream.Load(reader);
        var workflow = (YamlMappingNode)stream.Documents[0].RootNode;
        var chosen = (YamlMappingNode)workflow["jobs"][job];
        var outer = Variables(workflow).Concat(Variables(chosen)).ToList();
        return [.. ((YamlSequenceNode)chosen["steps"]).Cast<YamlMappingNode>().Select(step => Of(step, outer))];
    }

    private static WorkflowStep Of(YamlMappingNode step, List<KeyValuePair<string, string>> outer)
    {
        Assert.Empty(step.Children.Keys.Select(key => key.ToString()).Except(KnownKeys));
        var condition = Text(step, "if");
        Assert.True(condition is "" or "always()", $"The condition '{condition}' is not one that is understood here.");
        return new WorkflowStep
        {
            Name = Text(step, "name"),
            Uses = Text(step, "uses"),
            Run = Text(step, "run"),
            Env = [.. outer, .. Variables(step)],
            IsAlways = condition.Length > 0,
        };
    }

    private static string Text(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(key, out var value) ? ((YamlScalarNode)value).Value ?? "" : "";

    private static IEnumerable<KeyValuePair<string, string>> Variables(YamlMappingNode node) =>
        node.Children.TryGetValue("env", out var variables)
            ? ((YamlMappingNode)variables).Select(v => KeyValuePair.Create(v.Key.ToString(), v.Value.ToString()))
            : [];
}
