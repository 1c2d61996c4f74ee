using System.Net;
using System.Text.Json;
using Docker.DotNet;
using Docker.DotNet.Models;
using Lotse.Execution.Ports;
using Lotse.Hosts.Images.Context;

namespace Lotse.Hosts.Images.Building;

/// <summary>Builds through the Engine API's own builder, which every engine has.</summary>
internal sealed class ClassicBuilder(IDockerClient client)
{
    /// <summary>Returns the image's id, or the failure.</summary>
    public async Task<BuildOutcome> BuildAsync(
        BuildRequest request,
        BuildContext context,
        IProgress<BuildProgress>? progress,
        CancellationToken cancellation
    )
    {
        var output = new ClassicOutput(context.Dockerfile, progress);
        try
        {
            await PipedStream.RunAsync(
                (stream, token) => ContextTar.WriteAsync(context, request.Clock, stream, token),
                (stream, token) =>
                    client.Images.BuildImageFromDockerfileAsync(
                        Parameters(request, context),
                        stream,
                        authConfigs: null,
                        headers: null,
                        output,
                        token
                    ),
                cancellation
            );
        }
        catch (DockerApiException error)
        {
            return new(
                Error: new() { Message = MessageOf(error) },
                IsDockerfileError: error.StatusCode == HttpStatusCode.BadRequest
            );
        }

        return output switch
        {
            { Error: { } failed } => new(Error: failed),
            { ImageId: { } id } => new(ImageId: id),
            _ => new(Error: new() { Message = "the engine ended the build without an image and without an error" }),
        };
    }

    /// <summary>The engine's own sentence out of an answer <c>{"message": …}</c>.</summary>
    public static string MessageOf(DockerApiException error)
    {
        try
        {
            using var body = JsonDocument.Parse(error.ResponseBody);
            return body.RootElement.GetProperty("message").GetString() ?? error.ResponseBody;
        }
        catch (Exception other) when (other is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"status {(int)error.StatusCode} {error.ResponseBody}".Trim();
        }
    }

    private static ImageBuildParameters Parameters(BuildRequest request, BuildContext context) =>
        new()
        {
            Dockerfile = context.DockerfileName,
            Tags = [.. request.Tags],
            BuildArgs = request.Args.ToDictionary(),
            Labels = request.Labels.ToDictionary(),
            Target = request.Target,
            Platform = request.Platform,
            NetworkMode = request.Network,
            NoCache = request.NoCache,
            Remove = true,
            ForceRemove = true,
        };
}

/// <summary>What came of a build.</summary>
/// <param name="ImageId">The image's id; null when it failed.</param>
/// <param name="Error">The failure; null when there is none.</param>
/// <param name="IsDockerfileError">Whether the builder did not understand the Dockerfile or an option.</param>
/// <param name="NeverBegan">Whether the builder failed before it looked at the Dockerfile at all.</param>
internal sealed record BuildOutcome(
    string? ImageId = null,
    BuilderError? Error = null,
    bool IsDockerfileError = false,
    bool NeverBegan = false
);
