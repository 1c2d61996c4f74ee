using Lotse.Hosts.Images.Bases;
using Lotse.Hosts.Images.StandIns;
using Lotse.Hosts.Tests.Local;

namespace Lotse.Hosts.Tests.Images;

/// <summary>Stand-ins are made from real packages, loaded into the real engine and run.</summary>
public sealed class StandInTests(RealEngine engine)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Dotnet_runs_in_the_aspnet_stand_in()
    {
        var image = await MakeAsync("mcr.microsoft.com/dotnet/aspnet:10.0");
        var listed = await RunAsync("run", "--rm", "--network=none", image, "dotnet", "--list-runtimes");
        Assert.Contains(listed, line => line.StartsWith("Microsoft.NETCore.App 10.0.", StringComparison.Ordinal));
        Assert.Contains(listed, line => line.StartsWith("Microsoft.AspNetCore.App 10.0.", StringComparison.Ordinal));
    }

    private async Task<string> MakeAsync(string original)
    {
        engine.SkipIfMissing();
        var (recipe, reason) = StandInMaker.FindRecipe(ImageName.Parse(original)!);
        Assert.SkipWhen(recipe is null, reason);
        var image = engine.NewName();
        var maker = new StandInMaker(engine.Client, engine.Cache, TimeProvider.System);
        await maker.MakeAsync(image, recipe!, Console.Error.WriteLine, Cancellation);
        return image;
    }

    private Task<IReadOnlyList<string>> RunAsync(params string[] arguments) =>
        Docker.RunAsync(engine.Address, arguments);
}
