using System.Threading.Channels;
using Lotse.Proxy.Contract;
using Lotse.Proxy.Health;

namespace Lotse.Proxy.Tests.Health;

/// <summary>A probe whose answers a test gives, one at a time: the gate waits for each.</summary>
internal sealed class FakeProbe : IHealthProbe
{
    private readonly Channel<ProbeReport> answers = Channel.CreateUnbounded<ProbeReport>();
    private readonly Channel<string> asked = Channel.CreateUnbounded<string>();

    public void Answer(int status) =>
        answers.Writer.TryWrite(
            new ProbeReport
            {
                Url = "",
                Status = status,
                Fault = status is >= 200 and < 300 ? ProbeFault.None : ProbeFault.Status,
                FaultText = $"status {status}",
            }
        );

    public void Fail(ProbeFault fault) => answers.Writer.TryWrite(new ProbeReport { Url = "", Fault = fault });

    /// <summary>The URL that is asked next.</summary>
    public ValueTask<string> NextAsync() => asked.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public async Task<ProbeReport> AskAsync(string url, ServiceOptions options, CancellationToken cancellation)
    {
        asked.Writer.TryWrite(url);
        return await answers.Reader.ReadAsync(cancellation) with { Url = url };
    }
}
