using System.Collections.Immutable;
using Lotse.Execution.Health;
using Lotse.Execution.Ports;
using Lotse.Planning.Observed;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Tests.Health;

public sealed class DiagnosisTests
{
    [Theory]
    [InlineData(1, false, Cause.Exited)]
    [InlineData(0, false, Cause.Exited)]
    [InlineData(137, true, Cause.OutOfMemory)]
    [InlineData(1, true, Cause.OutOfMemory)]
    [InlineData(137, false, Cause.Killed)]
    [InlineData(139, false, Cause.Killed)]
    [InlineData(126, false, Cause.CommandNotRunnable)]
    [InlineData(127, false, Cause.CommandNotFound)]
    public void An_exit_is_named_by_its_code_and_by_what_the_kernel_did(int code, bool outOfMemory, Cause cause) =>
        Assert.Equal(cause, Diagnosis.Of(With() with { Exit = new ContainerExit(code, outOfMemory) }).Cause);

    [Theory]
    [InlineData(404, Cause.HealthPathMissing)]
    [InlineData(301, Cause.HealthRedirects)]
    [InlineData(401, Cause.HealthNeedsLogin)]
    [InlineData(403, Cause.HealthNeedsLogin)]
    [InlineData(500, Cause.HealthFails)]
    [InlineData(503, Cause.HealthFails)]
    public void An_answer_is_named_by_its_status(int status, Cause cause)
    {
        var probe = new StageOutcome
        {
            Healthy = false,
            Status = status,
            Failure = ProbeFailure.Status,
        };
        Assert.Equal(cause, Diagnosis.Of(With() with { Probe = probe }).Cause);
    }

    [Theory]
    [InlineData(ProbeFailure.ConnectionRefused, "", Cause.NotListening)]
    [InlineData(ProbeFailure.ConnectionRefused, "0.0.0.0:8080", Cause.WrongPort)]
    [InlineData(ProbeFailure.ConnectionRefused, "127.0.0.1:3000", Cause.LoopbackOnly)]
    [InlineData(ProbeFailure.ConnectionRefused, "[::1]:3000 127.0.0.1:3000", Cause.LoopbackOnly)]
    [InlineData(ProbeFailure.ConnectionRefused, "0.0.0.0:3000", Cause.TooSlow)]
    [InlineData(ProbeFailure.ConnectionRefused, null, Cause.TooSlow)]
    [InlineData(ProbeFailure.Timeout, "0.0.0.0:3000", Cause.NoAnswer)]
    [InlineData(ProbeFailure.Timeout, "", Cause.NotListening)]
    [InlineData(ProbeFailure.Protocol, "0.0.0.0:3000", Cause.NotHttp)]
    public void No_answer_is_named_by_the_ports_that_listen(ProbeFailure failure, string? listening, Cause cause)
    {
        var evidence = With() with
        {
            Probe = new StageOutcome { Healthy = false, Failure = failure },
            Listening = listening?.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToImmutableArray(),
        };
        Assert.Equal(cause, Diagnosis.Of(evidence).Cause);
    }

    [Fact]
    public void The_report_shows_all_the_evidence_the_cause_and_the_cure()
    {
        var evidence = With() with
        {
            Probe = new StageOutcome
            {
                Healthy = false,
                ProbeUrl = "http://0123456789ab:3000/up",
                Attempts = 7,
                Status = 500,
                BodyStart = "no\ndatabase",
                Failure = ProbeFailure.Status,
            },
            Listening = ["0.0.0.0:3000"],
            Log = ["starting", "password=…"],
        };
        var message = new UnhealthyException("web1", evidence, Diagnosis.Of(evidence)).Message;
        Assert.Equal(
            """
            [web1] app-web-2: the application says that it is not healthy: /up answers 500.
                probed    http://0123456789ab:3000/up, 7 time(s): status 500
                body      no database
                listening 0.0.0.0:3000
                last log lines:
                  | starting
                  | password=…
              cause: HealthFails
              → See the answer's body and the last log lines.
            """,
            message
        );
    }

    [Fact]
    public void Running_out_of_memory_names_the_limit()
    {
        var evidence = With() with
        {
            Exit = new ContainerExit(137, OutOfMemory: true),
            Status = new ContainerStatus
            {
                Id = "x",
                State = ContainerState.Exited,
                MemoryLimit = 64 * 1024 * 1024,
            },
        };
        Assert.Contains("its limit is 64 MiB", Diagnosis.Of(evidence).Fact, StringComparison.Ordinal);
    }

    private static Evidence With() =>
        new()
        {
            Container = "app-web-2",
            Route = new ProxyRoute { Service = "app-web", Port = 3000 },
        };
}
