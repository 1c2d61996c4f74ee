namespace Lotse.Execution.Ports;

/// <summary>Sees to it that the edge proxy's image is there.</summary>
public interface IProxyImages
{
    /// <summary>The image's name, for example <c>lotse-proxy:1f2e3d4c5b6a</c>; it changes when the proxy changes.</summary>
    string ImageName { get; }

    /// <summary>Builds the image on this machine's engine when it is not there yet.</summary>
    Task EnsureAsync(IContainerEngine engine, IProgress<string> progress, CancellationToken cancellation);
}
