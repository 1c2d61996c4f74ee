using Lotse.Testing.Load.Wire;

namespace Lotse.Testing.Load;

/// <summary>Sends one request after the other, never the same one twice.</summary>
internal sealed class HttpWorker(Uri server, RequestShape shape, TimeSpan delay, LoadLedger ledger, LoadProfile profile)
    : LoadWorker(shape.Load, ledger, profile)
{
    private const int MostOfABodyShown = 200;

    private HttpConnection? _connection;

    public override async Task RunAsync(CancellationToken stop)
    {
        await PauseAsync(delay, stop);
        while (!stop.IsCancellationRequested)
        {
            var began = Time.GetTimestamp();
            await RequestAsync();
            var rest = shape.Interval - Time.GetElapsedTime(began);
            await PauseAsync(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, stop);
        }

        _connection?.Dispose();
    }

    private async Task RequestAsync()
    {
        var began = Ledger.Now;
        MarkBegun();
        try
        {
            using var timeout = new CancellationTokenSource(shape.Timeout, Time);
            var answer = await ExchangeAsync(timeout.Token);
            Judge(answer, began);
        }
        catch (WireException exception)
        {
            Drop();
            Fail(exception.Kind, began, Chain(exception), exception.Head?.Status, VersionOf(exception.Head));
        }
        catch (OperationCanceledException)
        {
            Drop();
            Fail(LoadFailureKind.Timeout, began, $"No whole answer in {shape.Timeout.TotalSeconds} s.", null, null);
        }
    }

    private async Task<HttpAnswer> ExchangeAsync(CancellationToken cancellationToken)
    {
        if (_connection is not { IsUsable: true })
        {
            Drop();
            _connection = await HttpConnection.OpenAsync(server, cancellationToken);
        }

        return await _connection.ExchangeAsync(shape.Head, shape.Body, cancellationToken);
    }

    private void Judge(HttpAnswer answer, TimeSpan began)
    {
        var status = answer.Head.Status;
        if (status == 200 && shape.IsExpected(answer))
        {
            Ledger.Succeeded(Load, began, VersionOf(answer.Head));
            return;
        }

        var kind = status == 200 ? LoadFailureKind.WrongContent : LoadFailureKind.Status;
        var start = answer.Text.Length > MostOfABodyShown ? answer.Text[..MostOfABodyShown] + "..." : answer.Text;
        Fail(kind, began, $"body ({answer.Body.Length} bytes): {start}", status, VersionOf(answer.Head));
    }

    private string? VersionOf(AnswerHead? head) => head?[Profile.VersionHeader];

    private void Drop()
    {
        _connection?.Dispose();
        _connection = null;
    }
}
