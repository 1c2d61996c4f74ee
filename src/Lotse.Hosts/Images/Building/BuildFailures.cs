using System.Collections.Immutable;
using Lotse.Execution.Ports;
using Lotse.Hosts.Images.Dockerfiles;

namespace Lotse.Hosts.Images.Building;

/// <summary>What a builder told of its failure, whichever builder it was.</summary>
internal sealed record BuilderError
{
    /// <summary>The builder's own words.</summary>
    public required string Message { get; init; }

    /// <summary>The step's number; 0 when it failed outside of any.</summary>
    public int Step { get; init; }

    public int Steps { get; init; }

    /// <summary>The step's instruction in the Dockerfile; null when not known.</summary>
    public Instruction? Instruction { get; init; }

    public int? ExitCode { get; init; }

    public ImmutableArray<string> Output { get; init; } = [];
}

/// <summary>Turns a builder's failure into the error a person reads. Pure.</summary>
internal static class BuildFailures
{
    public static BuildFailedException Explain(BuilderError error, Dockerfile dockerfile, string? fullDisk)
    {
        var place = error.Instruction is { } i ? $"{dockerfile.Path}:{i.Line}: " : "";
        var step = error.Step == 0 ? "The build" : $"Step {error.Step} of {error.Steps}";
        var reason = error.ExitCode is { } code ? $"exit code {code}" : error.Message;
        var fact = $"{place}{step} failed: {reason}{(fullDisk is null ? "." : $". The disk is full: {fullDisk}.")}";
        return new(Kind(error, fullDisk), fact, Cure(error, fullDisk))
        {
            Step = error.Step == 0 ? null : error.Step,
            Line = error.Instruction?.Line,
            Command = error.Instruction?.Text,
            ExitCode = error.ExitCode,
            Output = error.Output,
        };
    }

    private static BuildFailure Kind(BuilderError error, string? fullDisk) =>
        fullDisk is not null ? BuildFailure.DiskFull
        : error.Step == 0 ? BuildFailure.Engine
        : BuildFailure.Step;

    private static string Cure(BuilderError error, string? fullDisk) =>
        (fullDisk, error.ExitCode, error.Instruction?.Keyword) switch
        {
            (not null, _, _) => "Free space, for example with `docker system prune`, and build again.",
            (_, 126, _) => "The command is there but may not be run: check its executable bit and its platform.",
            (_, 127, _) =>
                "The command is not in the image at this point: check its spelling, or install it in a step before.",
            (_, 137, _) => "The command was killed, most likely for memory: give the build more, or let it use less.",
            (_, not null, _) => "The lines above are the command's own: correct what they name.",
            (_, _, "COPY" or "ADD") =>
                "Check that the files are in the build context and that .dockerignore does not leave them out.",
            (_, _, "RUN") => "The command could not be started: check that the image has it, and a shell to run it.",
            (_, _, "FROM") => "Check the image's name, and that its registry can be reached.",
            _ => "",
        };
}
