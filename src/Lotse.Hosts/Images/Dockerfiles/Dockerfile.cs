using System.Collections.Immutable;

namespace Lotse.Hosts.Images.Dockerfiles;

/// <summary>A Dockerfile as a list of instructions, each with its line. Only what it says, nothing resolved.</summary>
internal sealed record Dockerfile
{
    /// <summary>The path as a person knows it, for messages.</summary>
    public required string Path { get; init; }

    /// <summary>All instructions in order; those before the first <c>FROM</c> are <c>ARG</c>s.</summary>
    public required ImmutableArray<Instruction> Instructions { get; init; }

    /// <summary>The frontend image of a <c># syntax=</c> directive; null when there is none.</summary>
    public string? Syntax { get; init; }

    /// <summary>The stages in order.</summary>
    public required ImmutableArray<Stage> Stages { get; init; }
}

/// <summary>One instruction.</summary>
/// <param name="Line">Its first line, from 1.</param>
/// <param name="Keyword">Its keyword, in capitals.</param>
/// <param name="Flags">Its flags (<c>--from=build</c>), in order.</param>
/// <param name="Arguments">The rest, continued lines joined.</param>
/// <param name="Text">The whole instruction, continued lines joined.</param>
internal sealed record Instruction(
    int Line,
    string Keyword,
    ImmutableArray<string> Flags,
    string Arguments,
    string Text
)
{
    /// <summary>The value of a flag; null when it is not given.</summary>
    public string? Flag(string name) =>
        Flags.FirstOrDefault(f => f.StartsWith($"--{name}=", StringComparison.Ordinal))?[(name.Length + 3)..];
}

/// <summary>One stage: a <c>FROM</c> and what follows it.</summary>
/// <param name="From">Its FROM.</param>
/// <param name="Image">The image as written.</param>
/// <param name="Name">Its name; null when it has none.</param>
/// <param name="Instructions">Its instructions, FROM among them.</param>
internal sealed record Stage(Instruction From, string Image, string? Name, ImmutableArray<Instruction> Instructions);
