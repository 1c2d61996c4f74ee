using Lotse.Proxy.Contract;
using Lotse.Proxy.Health;
using Lotse.Proxy.State;
using Lotse.Proxy.Switching;
using Lotse.Proxy.Tests.Health;
using Lotse.Proxy.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Lotse.Proxy.Tests.Switching;

/// <summary>A switchboard whose targets answer as the test says, and whose state lies in a folder of its own.</summary>
public abstract class SwitchboardWorld : IDisposable
{
    private protected SwitchboardWorld() => Board = NewBoard();

    private protected TemporaryFolder Folder { get; } = new();

    private protected FakeTimeProvider Time { get; } = new();

    private protected FakeProbe Probe { get; } = new();

    private protected FakeProbe Watched { get; } = new();

    private protected Switchboard Board { get; }

    private protected static CancellationToken Ending => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Board.Dispose();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected Switchboard NewBoard() =>
        new(new StateFile(Folder.Path, _ => { }), new HealthGate(Probe, Time), new HealthWatch(Watched, Time), Time);

    private protected ServiceReport Report(string service) => Board.List().Services.Single(s => s.Name == service);

    private protected async Task StageAsync(string service, string target, ServiceOptions? options = null)
    {
        var staging = Board.StageAsync(Sample.Stage(service, target, options), Ending);
        await Probe.NextAsync();
        Probe.Answer(200);
        Assert.True((await staging).Healthy);
    }

    private protected async Task DeployAsync(string service, string target)
    {
        await StageAsync(service, target);
        Board.Switch(new(service));
    }
}
