using Lotse.Proxy.Contract;

namespace Lotse.Proxy.Switching;

/// <summary>A target whose health is being waited for. Each <c>stage</c> has its own, by reference.</summary>
internal sealed class Staging(string address, ServiceOptions options, DateTimeOffset since, CancellationToken outer)
    : IDisposable
{
    private readonly CancellationTokenSource abort = CancellationTokenSource.CreateLinkedTokenSource(outer);

    public string Address => address;

    public ServiceOptions Options => options;

    public DateTimeOffset Since => since;

    /// <summary>Cancelled when the staging was given up: by <c>abort</c>, by another one, or because whoever asked for it has gone.</summary>
    public CancellationToken Aborted => abort.Token;

    public void Abort() => _ = abort.CancelAsync();

    public void Dispose() => abort.Dispose();
}
