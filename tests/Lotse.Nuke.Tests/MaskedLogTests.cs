using Lotse.Configuration;
using Lotse.Execution.Reporting;
using Lotse.Nuke.Console;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Lotse.Nuke.Tests;

/// <summary>Secrets do not come through the log, wherever in it they stand.</summary>
public sealed class MaskedLogTests
{
    private readonly List<LogEvent> events = [];

    [Fact]
    public void A_secret_is_hidden_in_text_values_and_failures()
    {
        var mask = new SecretMask();
        mask.Learn([new Secret("hunter22")]);
        var inner = new LoggerConfiguration().MinimumLevel.Information().WriteTo.Sink(new Kept(events)).CreateLogger();
        var log = MaskedLog.Before(inner, mask);
        log.Information("{Hook} | {Line}", "pre-build", "+ login -p hunter22 {braces}");
        log.Error(new InvalidOperationException("no hunter22", new ArgumentException("hunter22")), "It failed");
        log.Warning("{Host} is as it was", "web1");
        log.Verbose("not asked for");
        Assert.Equal(3, events.Count);
        Assert.Equal("pre-build | + login -p [redacted] {braces}", Text(0).Replace("\"", "", StringComparison.Ordinal));
        Assert.DoesNotContain("hunter22", events[1].Exception!.ToString(), StringComparison.Ordinal);
        Assert.Contains("no [redacted]", events[1].Exception!.ToString(), StringComparison.Ordinal);
        Assert.Equal("web1", events[2].Properties["Host"].ToString().Trim('"'));
    }

    private string Text(int index) => events[index].RenderMessage(null);

    private sealed class Kept(List<LogEvent> events) : ILogEventSink
    {
        public void Emit(LogEvent logEvent) => events.Add(logEvent);
    }
}
