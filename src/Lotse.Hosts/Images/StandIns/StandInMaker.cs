using Docker.DotNet;
using Docker.DotNet.Models;
using Lotse.Hosts.Images.Bases;
using Lotse.Hosts.Images.Building;
using Lotse.Hosts.Local;

namespace Lotse.Hosts.Images.StandIns;

/// <summary>Makes stand-ins and loads them into the engine. One process at a time uses the cache.</summary>
internal sealed class StandInMaker(IDockerClient client, string cacheFolder, TimeProvider time)
{
    /// <summary>The recipe for an image; null with the reason when none can be followed here.</summary>
    public static (StandInRecipe? Recipe, string Reason) FindRecipe(ImageName image)
    {
        var (dotnet, obstacle) = DotnetRecipe.Find(image, DotnetInstallation.Find());
        StandInRecipe? recipe = dotnet ?? (StandInRecipe?)PostgresRecipe.Find(image);
        if (recipe is null)
        {
            return (null, obstacle ?? "there is no stand-in for this image");
        }

        var (machine, reason) = DebianMachine.Find();
        return machine is null ? (null, reason) : (recipe, "");
    }

    /// <summary>Makes the stand-in, loads it under the image's name, and says what it is made from.</summary>
    public async Task<string> MakeAsync(
        string reference,
        StandInRecipe recipe,
        Action<string> tell,
        CancellationToken cancellation
    )
    {
        var machine = DebianMachine.Find().Machine!;
        var folder = Path.GetFullPath(cacheFolder);
        using var only = await FileLock.AcquireAsync(
            Path.Combine(folder, "lock"),
            time,
            () => tell("Another run is making a stand-in: waiting for it"),
            cancellation
        );
        var standIn = await recipe.MakeAsync(new(folder, machine, time, tell), cancellation);
        tell($"Loading {reference} into the engine");
        await LoadAsync(reference, recipe, standIn, cancellation);
        return standIn.Ingredients;
    }

    private async Task LoadAsync(
        string reference,
        StandInRecipe recipe,
        StandIn standIn,
        CancellationToken cancellation
    )
    {
        var settings = standIn.Settings with
        {
            Labels = standIn
                .Settings.Labels.SetItem(StandInRecipe.Label, "true")
                .SetItem(StandInRecipe.FingerprintLabel, recipe.Fingerprint)
                .SetItem(StandInRecipe.IngredientsLabel, standIn.Ingredients),
        };
        // An archive's names must have a tag; the engine fills in nothing here.
        var name = ImageName.Parse(reference)!;
        var tagged = $"{name.Registry}/{name.Path}:{name.Tag}";
        var answer = new LoadAnswer();
        await PipedStream.RunAsync(
            (stream, token) =>
                ImageArchive.WriteAsync(stream, tagged, DebianMachine.Architecture, settings, standIn.Layers, token),
            (stream, token) =>
                client.Images.LoadImageAsync(new ImageLoadParameters { Quiet = true }, stream, answer, token),
            cancellation
        );
        if (answer.Error is { } error)
        {
            throw new StandInException("the engine did not load it", [error]);
        }
    }

    private sealed class LoadAnswer : IProgress<JSONMessage>
    {
        public string? Error { get; private set; }

        public void Report(JSONMessage value) => Error ??= value.Error?.Message ?? value.ErrorMessage;
    }
}
