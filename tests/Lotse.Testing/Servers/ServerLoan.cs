namespace Lotse.Testing.Servers;

/// <summary>Servers that a test has to itself until this is disposed. What it changes on them need not be taken back.</summary>
public sealed class ServerLoan : IAsyncDisposable
{
    private readonly Action<IReadOnlyList<NestedServer>> _giveBack;
    private int _returned;

    internal ServerLoan(
        IReadOnlyList<NestedServer> servers,
        string keyPath,
        Action<IReadOnlyList<NestedServer>> giveBack
    )
    {
        (Servers, KeyPath) = (servers, keyPath);
        _giveBack = giveBack;
    }

    /// <summary>The servers.</summary>
    public IReadOnlyList<NestedServer> Servers { get; }

    /// <summary>The private key that opens them all for root.</summary>
    public string KeyPath { get; }

    /// <summary>Gives them back.</summary>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _returned, 1) == 0)
        {
            _giveBack(Servers);
        }

        return ValueTask.CompletedTask;
    }
}
