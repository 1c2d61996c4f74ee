using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Lotse.Execution.Ports;

namespace Lotse.Hosts.Images.Dockerfiles;

/// <summary>Finds the images from outside that a build needs: in <c>FROM</c>, <c>COPY --from</c> and <c>RUN --mount=from</c>.</summary>
internal static class BaseImageFinder
{
    /// <summary>Each image once, as the build would name it, in the Dockerfile's order, up to the target stage.</summary>
    public static ImmutableArray<string> Find(Dockerfile dockerfile, BuildRequest request)
    {
        var values = GlobalArguments(dockerfile, request);
        var stages = UpTo(dockerfile, request.Target);
        var known = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "scratch" };
        var images = new List<string>();
        foreach (var (number, stage) in stages.Index())
        {
            images.AddRange(References(dockerfile, stage, values).Where(image => !known.Contains(image)));
            known.Add(number.ToString(System.Globalization.CultureInfo.InvariantCulture));
            if (stage.Name is not null)
            {
                known.Add(stage.Name);
            }
        }

        return [.. images.Distinct()];
    }

    /// <summary>The stages that the classic builder runs for a target: all up to it.</summary>
    public static ImmutableArray<Stage> UpTo(Dockerfile dockerfile, string? target)
    {
        if (target is null)
        {
            return dockerfile.Stages;
        }

        var named = dockerfile
            .Stages.Index()
            .Where(s => target.Equals(s.Item.Name, StringComparison.OrdinalIgnoreCase))
            .Select(s => (int?)s.Index)
            .FirstOrDefault();
        var index = named ?? (int.TryParse(target, out var number) ? number : -1);
        if (index < 0 || index >= dockerfile.Stages.Length)
        {
            var names = string.Join(", ", dockerfile.Stages.Select(s => s.Name).OfType<string>());
            throw new BuildFailedException(
                BuildFailure.DockerfileInvalid,
                $"{dockerfile.Path} has no stage {target}.",
                names.Length == 0 ? "None of its stages has a name (FROM … AS name)." : $"It has: {names}."
            );
        }

        return dockerfile.Stages[..(index + 1)];
    }

    private static IEnumerable<string> References(
        Dockerfile dockerfile,
        Stage stage,
        IReadOnlyDictionary<string, string> values
    )
    {
        var (image, missing) = Variables.Expand(stage.Image, values);
        if (missing is not null || image.Length == 0)
        {
            throw DockerfileParser.Invalid(
                dockerfile.Path,
                stage.From.Line,
                $"`{stage.From.Text}` needs a value for {missing ?? "its variable"}",
                $"Give it a default before the first FROM (ARG {missing}=…) or a value in the builder's args."
            );
        }

        return stage.Instructions.Skip(1).SelectMany(FurtherImages).Prepend(image);
    }

    private static IEnumerable<string> FurtherImages(Instruction instruction) =>
        instruction.Keyword switch
        {
            "COPY" => instruction.Flag("from") is { } from ? [from] : [],
            "RUN" => instruction
                .Flags.Where(flag => flag.StartsWith("--mount=", StringComparison.Ordinal))
                .SelectMany(flag => flag["--mount=".Length..].Split(','))
                .Where(option => option.StartsWith("from=", StringComparison.Ordinal))
                .Select(option => option["from=".Length..]),
            _ => [],
        };

    private static Dictionary<string, string> GlobalArguments(Dockerfile dockerfile, BuildRequest request)
    {
        var values = Platforms(request.Platform);
        foreach (var argument in dockerfile.Instructions.TakeWhile(i => i.Keyword == "ARG"))
        {
            foreach (var word in argument.Arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                var pair = word.Split('=', 2);
                if (request.Args.TryGetValue(pair[0], out var given))
                {
                    values[pair[0]] = given;
                }
                else if (pair.Length == 2)
                {
                    values[pair[0]] = Variables.Expand(pair[1].Trim('"', '\''), values).Text;
                }
            }
        }

        return values;
    }

    /// <summary>The platform variables that BuildKit defines by itself.</summary>
    private static Dictionary<string, string> Platforms(string? platform)
    {
        var own = $"linux/{(RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64")}";
        var parts = (platform ?? own).Split('/');
        return new()
        {
            ["BUILDPLATFORM"] = own,
            ["BUILDOS"] = "linux",
            ["BUILDARCH"] = own.Split('/')[1],
            ["TARGETPLATFORM"] = platform ?? own,
            ["TARGETOS"] = parts[0],
            ["TARGETARCH"] = parts.ElementAtOrDefault(1) ?? "",
            ["TARGETVARIANT"] = parts.ElementAtOrDefault(2) ?? "",
        };
    }
}
