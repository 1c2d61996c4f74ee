using System.Reflection;
using Lotse.Execution.Ports;
using Lotse.Nuke.Deployments;

namespace Lotse.Nuke.Tests;

/// <summary>The edge proxy's image is made once, however many want it.</summary>
public sealed class ProxyImagesTests
{
    [Fact]
    public async Task Who_comes_while_another_one_makes_it_waits_and_takes_that_one()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("lotse-proxy-images-");
        try
        {
            var artifacts = folder.CreateSubdirectory("artifacts").FullName;
            var other = File.Open(
                Path.Combine(artifacts, "lotse-proxy.lock"),
                FileMode.Create,
                FileAccess.Write,
                FileShare.None
            );
            var images = new ProxyImages(
                folder.FullName,
                _ => NeverAsync<IImageBuilder>(),
                _ => NeverAsync<IBaseImages>(),
                TimeProvider.System
            );
            var engine = DispatchProxy.Create<IContainerEngine, EngineWithImage>();
            var said = new List<string>();
            // What it says first, it says because it has to wait: only then the other one is done.
            var progress = new Told(text =>
            {
                said.Add(text);
                ((EngineWithImage)(object)engine).HasImage = true;
                other.Dispose();
            });

            await images.EnsureAsync(engine, progress, cancellation);

            Assert.Equal(["waiting for another deploy that is building the edge proxy's image"], said);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Task<T> NeverAsync<T>() => throw new InvalidOperationException("Nothing is to be built.");

    private sealed class Told(Action<string> tell) : IProgress<string>
    {
        public void Report(string value) => tell(value);
    }

    /// <summary>An engine that is only asked whether it has the image.</summary>
    public class EngineWithImage : DispatchProxy
    {
        public bool HasImage { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod?.Name == nameof(IContainerEngine.HasImageAsync)
                ? Task.FromResult(HasImage)
                : throw new InvalidOperationException($"It is asked for {targetMethod?.Name}.");
    }
}
