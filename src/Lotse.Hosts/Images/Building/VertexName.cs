using System.Globalization;
using System.Text.RegularExpressions;
using Lotse.Hosts.Images.Dockerfiles;

namespace Lotse.Hosts.Images.Building;

/// <summary>
/// The name BuildKit's Dockerfile frontend gives a step: <c>[platform stage 2/5] RUN …</c>, platform and stage only where there are
/// several. The number counts the steps of the stage that do something.
/// </summary>
internal sealed partial record VertexName(string Stage, int Number, string Instruction)
{
    public bool IsStep => Number > 0;

    public static VertexName Parse(string name)
    {
        var match = Name().Match(name);
        return match.Success
            ? new(
                match.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "",
                int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture),
                match.Groups[3].Value
            )
            : new("", 0, name);
    }

    /// <summary>The instruction of that name; null when it is not certain.</summary>
    public Instruction? Find(Dockerfile dockerfile)
    {
        if (!IsStep || FindStage(dockerfile) is not { } stage)
        {
            return null;
        }

        var counted = stage.Instructions.Where(i => i.Keyword is "RUN" or "COPY" or "ADD" or "WORKDIR");
        var steps = (StartsOutside(dockerfile, stage) ? counted.Prepend(stage.From) : counted).ToList();
        var found = steps.ElementAtOrDefault(Number - 1);
        return found is not null && Instruction.StartsWith(found.Keyword, StringComparison.OrdinalIgnoreCase)
            ? found
            : null;
    }

    private Stage? FindStage(Dockerfile dockerfile) =>
        dockerfile.Stages switch
        {
            [var only] => only,
            _ when Stage.Length == 0 => dockerfile.Stages[^1],
            _ => dockerfile
                .Stages.Index()
                .Where(s => (s.Item.Name ?? $"stage-{s.Index}").Equals(Stage, StringComparison.OrdinalIgnoreCase))
                .Select(s => s.Item)
                .FirstOrDefault(),
        };

    private static bool StartsOutside(Dockerfile dockerfile, Stage stage) =>
        stage.Image != "scratch"
        && !dockerfile.Stages.Any(s => stage.Image.Equals(s.Name, StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex(@"^\[((?:\S+ )*)\s*(\d+)/\d+\] (.*)$", RegexOptions.Singleline)]
    private static partial Regex Name();
}
