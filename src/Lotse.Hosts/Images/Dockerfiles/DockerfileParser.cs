using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Lotse.Execution.Ports;

namespace Lotse.Hosts.Images.Dockerfiles;

/// <summary>
/// Reads Dockerfiles: comments, directives, continued lines and here-documents as in the Dockerfile reference
/// (https://docs.docker.com/reference/dockerfile/).
/// </summary>
internal static partial class DockerfileParser
{
    private static readonly FrozenSet<string> Keywords = FrozenSet.ToFrozenSet([
        "ADD",
        "ARG",
        "CMD",
        "COPY",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "FROM",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
        "ONBUILD",
        "RUN",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    ]);

    /// <summary>Throws <see cref="BuildFailedException"/> with path and line when the text is no Dockerfile.</summary>
    public static Dockerfile Parse(string text, string path)
    {
        var lines = text.TrimStart('\uFEFF').Split('\n').Select(line => line.TrimEnd('\r')).ToArray();
        var directives = Directives(lines);
        var escape = directives.GetValueOrDefault("escape") == "`" ? '`' : '\\';
        var syntax = directives.GetValueOrDefault("syntax");
        var instructions = Instructions(lines, escape).ToImmutableArray();
        if (syntax is null && instructions.FirstOrDefault(i => !Keywords.Contains(i.Keyword)) is { } unknown)
        {
            throw Invalid(path, unknown.Line, $"{unknown.Keyword} is no instruction", "Correct it.");
        }

        return new()
        {
            Path = path,
            Syntax = syntax,
            Instructions = instructions,
            Stages = [.. Stages(instructions, path)],
        };
    }

    public static BuildFailedException Invalid(string path, int line, string fact, string cure) =>
        new(BuildFailure.DockerfileInvalid, $"{path}:{line}: {fact}.", cure) { Line = line };

    /// <summary>Directives are comments of the form <c># name=value</c> before anything else.</summary>
    private static Dictionary<string, string> Directives(string[] lines)
    {
        var directives = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var match in lines.Select(line => Directive().Match(line)).TakeWhile(match => match.Success))
        {
            directives.TryAdd(match.Groups[1].Value, match.Groups[2].Value);
        }

        return directives;
    }

    private static IEnumerable<Instruction> Instructions(string[] lines, char escape)
    {
        for (var at = 0; at < lines.Length; at++)
        {
            if (IsBlankOrComment(lines[at]))
            {
                continue;
            }

            var first = at;
            var text = Join(lines, ref at, escape);
            var instruction = Split(first + 1, text);
            yield return instruction;
            if (instruction.Keyword is "RUN" or "COPY" or "ADD")
            {
                SkipHereDocuments(lines, ref at, text);
            }
        }
    }

    /// <summary>Comments and empty lines between continued ones do not end the instruction.</summary>
    private static string Join(string[] lines, ref int at, char escape)
    {
        var parts = new List<string>();
        for (; at < lines.Length; at++)
        {
            if (parts.Count > 0 && IsBlankOrComment(lines[at]))
            {
                continue;
            }

            var line = lines[at].TrimEnd(' ', '\t');
            if (!line.EndsWith(escape))
            {
                parts.Add(line.Trim());
                break;
            }

            parts.Add(line[..^1].Trim());
        }

        return string.Join(' ', parts.Where(part => part.Length > 0));
    }

    private static void SkipHereDocuments(string[] lines, ref int at, string text)
    {
        foreach (Match start in HereDocument().Matches(text))
        {
            var strip = start.Groups[1].Length > 0;
            var end = start.Groups[3].Value;
            do
            {
                at++;
            } while (at < lines.Length && (strip ? lines[at].TrimStart('\t') : lines[at]) != end);
        }
    }

    private static Instruction Split(int line, string text)
    {
        var words = text.Split([' ', '\t'], 2, StringSplitOptions.TrimEntries);
        var rest = words.Length == 2 ? words[1] : "";
        var flags = ImmutableArray.CreateBuilder<string>();
        while (rest.StartsWith("--", StringComparison.Ordinal))
        {
            var pair = rest.Split([' ', '\t'], 2, StringSplitOptions.TrimEntries);
            flags.Add(pair[0]);
            rest = pair.Length == 2 ? pair[1] : "";
        }

        return new(line, words[0].ToUpperInvariant(), flags.ToImmutable(), rest, text);
    }

    private static IEnumerable<Stage> Stages(ImmutableArray<Instruction> instructions, string path)
    {
        var starts = instructions.Index().Where(i => i.Item.Keyword == "FROM").Select(i => i.Index).ToArray();
        var before = instructions.Take(starts.FirstOrDefault(instructions.Length));
        if (before.FirstOrDefault(i => i.Keyword != "ARG") is { } early)
        {
            throw Invalid(path, early.Line, $"{early.Keyword} stands before the first FROM", "Begin with FROM.");
        }

        if (starts.Length == 0)
        {
            throw Invalid(path, 1, "there is no FROM", "Begin with FROM and the image to build upon.");
        }

        foreach (var (n, start) in starts.Index())
        {
            var end = n + 1 < starts.Length ? starts[n + 1] : instructions.Length;
            yield return ToStage(instructions[start..end], path);
        }
    }

    private static Stage ToStage(ImmutableArray<Instruction> instructions, string path)
    {
        var from = instructions[0];
        var words = from.Arguments.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return words switch
        {
            [var image] => new(from, image, null, instructions),
            [var image, var @as, var name] when @as.Equals("AS", StringComparison.OrdinalIgnoreCase) => new(
                from,
                image,
                name.ToLowerInvariant(),
                instructions
            ),
            _ => throw Invalid(path, from.Line, $"`{from.Text}` is not understood", "Write FROM image [AS name]."),
        };
    }

    private static bool IsBlankOrComment(string line) =>
        string.IsNullOrWhiteSpace(line) || line.AsSpan().TrimStart().StartsWith("#");

    [GeneratedRegex(@"^#\s*([a-zA-Z]+)\s*=\s*(.+?)\s*$")]
    private static partial Regex Directive();

    [GeneratedRegex(@"(?<!<)<<(-?)(['""]?)([A-Za-z_][A-Za-z0-9_]*)\2")]
    private static partial Regex HereDocument();
}
