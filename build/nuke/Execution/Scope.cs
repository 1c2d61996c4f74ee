namespace Nuke.Common.Execution;

/// <summary>Something that ends with an action.</summary>
internal sealed class Scope(Action end) : IDisposable
{
    public void Dispose() => end();
}
