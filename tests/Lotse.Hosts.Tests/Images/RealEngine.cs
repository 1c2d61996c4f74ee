using System.Collections.Concurrent;
using System.Globalization;
using Docker.DotNet;
using Docker.DotNet.Models;
using Lotse.Hosts.Images.Bases;
using Lotse.Hosts.Images.StandIns;
using Lotse.Hosts.Local;
using Lotse.Hosts.Tests.Local;
using Lotse.Testing.Waiting;

[assembly: AssemblyFixture(typeof(Lotse.Hosts.Tests.Images.RealEngine))]

namespace Lotse.Hosts.Tests.Images;

/// <summary>This machine's engine, with names of this run's own and all they named removed in the end.</summary>
public sealed class RealEngine : IAsyncLifetime
{
    private readonly TemporaryFolder _cache = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _made = [];
    private int _names;

    public Uri Address { get; private set; } = new("unix:///var/run/docker.sock");

    public DockerClient Client { get; private set; } = null!;

    public string Cache => _cache.Path;

    /// <summary>Set when no engine answers.</summary>
    public string? Missing { get; private set; }

    private static string Prefix { get; } =
        $"lotse-test-{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}";

    public void SkipIfMissing()
    {
        if (Missing is not null)
        {
            Assert.Skip(Missing);
        }
    }

    /// <summary>A name for an image, a container or a volume; what is made under it is removed after the run.</summary>
    public string NewName() => $"{Prefix}-{Interlocked.Increment(ref _names)}";

    /// <summary>The stand-in for an image, made for the first test that wants it: none changes it.</summary>
    public Task<string> StandInAsync(string original)
    {
        SkipIfMissing();
        return _made.GetOrAdd(original, new Lazy<Task<string>>(() => MakeStandInAsync(original))).Value;
    }

    /// <summary>Makes the stand-in for an image under a name of this run's own.</summary>
    public async Task<string> MakeStandInAsync(string original, string? cache = null)
    {
        SkipIfMissing();
        var (recipe, reason) = StandInMaker.FindRecipe(ImageName.Parse(original)!);
        Assert.SkipWhen(recipe is null, reason);
        var image = NewName();
        var maker = new StandInMaker(Client, cache ?? Cache, TimeProvider.System);
        var output = TestContext.Current.TestOutputHelper!;
        await Wait.ForAsync(
            WaitKind.ImageBuild,
            maker.MakeAsync(image, recipe!, output.WriteLine, TestContext.Current.CancellationToken)
        );
        return image;
    }

    public async ValueTask InitializeAsync()
    {
        var survey = await new MachineSurvey(new(), TimeProvider.System).TakeAsync(CancellationToken.None);
        if (survey.Engines.LastOrDefault() is { Outcome: ProbeOutcome.Answers } engine)
        {
            Address = new(engine.Candidate.Address);
        }
        else
        {
            Missing = "no container engine answers";
        }

        // A busy engine takes longer than this client's hundred seconds to remove a container.
        using var configuration = new DockerClientConfiguration(Address, defaultTimeout: Timeout.InfiniteTimeSpan);
        Client = configuration.CreateClient();
    }

    public async ValueTask DisposeAsync()
    {
        if (Missing is null)
        {
            await CleanUpAsync();
        }

        Client.Dispose();
        _cache.Dispose();
    }

    private async Task CleanUpAsync()
    {
        var filter = new Dictionary<string, IDictionary<string, bool>>
        {
            ["name"] = new Dictionary<string, bool> { [Prefix + "-"] = true },
        };
        foreach (var container in await Client.Containers.ListContainersAsync(new() { All = true, Filters = filter }))
        {
            await Client.Containers.RemoveContainerAsync(container.ID, new() { Force = true, RemoveVolumes = true });
        }

        foreach (
            var volume in (await Client.Volumes.ListAsync(new VolumesListParameters { Filters = filter })).Volumes ?? []
        )
        {
            await Client.Volumes.RemoveAsync(volume.Name);
        }

        foreach (var image in await Client.Images.ListImagesAsync(new() { All = true }))
        {
            foreach (var tag in (image.RepoTags ?? []).Where(t => t.Contains(Prefix + "-", StringComparison.Ordinal)))
            {
                await Client.Images.DeleteImageAsync(tag, new ImageDeleteParameters { Force = true });
            }
        }
    }
}
