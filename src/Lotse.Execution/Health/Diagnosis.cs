using System.Globalization;
using Lotse.Execution.Ports;

namespace Lotse.Execution.Health;

/// <summary>Why a container did not become healthy.</summary>
public enum Cause
{
    /// <summary>The kernel killed its process for memory.</summary>
    OutOfMemory,

    /// <summary>The program to start is not in the image.</summary>
    CommandNotFound,

    /// <summary>The program to start cannot be run.</summary>
    CommandNotRunnable,

    /// <summary>Its process ended by itself.</summary>
    Exited,

    /// <summary>Its process was killed by a signal.</summary>
    Killed,

    /// <summary>Nothing listens in the container at all.</summary>
    NotListening,

    /// <summary>It listens, but on another port than the proxy was told.</summary>
    WrongPort,

    /// <summary>It listens on the port, but only for callers inside the container.</summary>
    LoopbackOnly,

    /// <summary>The health path does not exist.</summary>
    HealthPathMissing,

    /// <summary>The health path redirects.</summary>
    HealthRedirects,

    /// <summary>The health path wants a login.</summary>
    HealthNeedsLogin,

    /// <summary>The application says that it is not healthy.</summary>
    HealthFails,

    /// <summary>It took the connection and did not answer in time.</summary>
    NoAnswer,

    /// <summary>What it answered is no HTTP, or the connection broke.</summary>
    NotHttp,

    /// <summary>It did not come up in time.</summary>
    TooSlow,
}

/// <summary>The rule that names the cause from the evidence, and its cure. Pure.</summary>
/// <param name="Cause">The cause.</param>
/// <param name="Fact">What happened, one sentence.</param>
/// <param name="Cure">What to do, one sentence.</param>
public sealed record Diagnosis(Cause Cause, string Fact, string Cure)
{
    /// <summary>Names the cause.</summary>
    public static Diagnosis Of(Evidence evidence) =>
        evidence.Exit is { } exit ? OfExit(exit, evidence) : OfProbe(evidence.Probe, evidence);

    private static Diagnosis OfExit(ContainerExit exit, Evidence evidence) =>
        exit switch
        {
            { OutOfMemory: true } => new(
                Cause.OutOfMemory,
                $"the container ran out of memory and was killed{Limit(evidence)}",
                "Give it more (`options: { memory: 512m }` of the role), or find out what it loads at start."
            ),
            { ExitCode: 127 } => new(
                Cause.CommandNotFound,
                "the program to start was not found in the image (exit code 127)",
                "Check ENTRYPOINT and CMD of the Dockerfile and `cmd:` of the role."
            ),
            { ExitCode: 126 } => new(
                Cause.CommandNotRunnable,
                "the program to start cannot be run (exit code 126)",
                "Check that the file is executable and built for this host's processor."
            ),
            { ExitCode: > 128 and <= 192 } => new(
                Cause.Killed,
                $"the container was killed by signal {exit.ExitCode - 128} (exit code {exit.ExitCode})",
                exit.ExitCode == 137
                    ? "Somebody killed it, or the host ran out of memory: see the kernel's log (`dmesg`)."
                    : "See its last log lines."
            ),
            _ => new(
                Cause.Exited,
                $"the container exited with code {exit.ExitCode} before it was healthy",
                exit.ExitCode == 0
                    ? "Its program ended by itself: the image must start a program that goes on running."
                    : "See its last log lines: a missing variable or an unreachable database is the usual reason."
            ),
        };

    private static string Limit(Evidence evidence) =>
        evidence.Status is { MemoryLimit: > 0 } status
            ? string.Create(CultureInfo.InvariantCulture, $" (its limit is {status.MemoryLimit / (1024 * 1024)} MiB)")
            : "";

    private static Diagnosis OfProbe(StageOutcome? probe, Evidence evidence)
    {
        var port = evidence.Route?.Port ?? 0;
        var path = evidence.Route?.HealthCheckPath ?? "";
        return probe switch
        {
            { Status: 404 } => new(
                Cause.HealthPathMissing,
                $"the health path {path} does not exist in the application (404)",
                $"Answer {path} with 200, or name another path: proxy.healthcheck.path."
            ),
            { Status: >= 300 and < 400 } => new(
                Cause.HealthRedirects,
                $"the health path {path} redirects ({probe.Status})",
                $"Exempt {path} from redirects to https or to a login: the proxy asks over plain HTTP inside the host."
            ),
            { Status: 401 or 403 } => new(
                Cause.HealthNeedsLogin,
                $"the health path {path} wants a login ({probe.Status})",
                $"Let {path} answer without one."
            ),
            { Status: not null } => new(
                Cause.HealthFails,
                $"the application says that it is not healthy: {path} answers {probe.Status}",
                "See the answer's body and the last log lines."
            ),
            { Failure: ProbeFailure.Timeout } when Listens(evidence, port) != false => new(
                Cause.NoAnswer,
                $"the application took the connection on port {port} and did not answer in time",
                "It may wait for something at start (a database, a lock), or proxy.healthcheck.timeout is too short."
            ),
            { Failure: ProbeFailure.Protocol } => new(
                Cause.NotHttp,
                $"what answers on port {port} is no HTTP, or it closed the connection",
                "Check that proxy.app_port is the HTTP port, and that it does not speak TLS."
            ),
            _ => OfPorts(evidence, port),
        };
    }

    private static Diagnosis OfPorts(Evidence evidence, int port)
    {
        if (evidence.Listening is not { } listening)
        {
            return new(Cause.TooSlow, "the container did not become healthy in time", "See its last log lines.");
        }

        if (listening.IsEmpty)
        {
            return new(
                Cause.NotListening,
                "the container runs, but nothing in it listens on any port",
                "It may still be starting (raise deploy_timeout), or its program serves nothing: see its last log lines."
            );
        }

        var list = string.Join(", ", listening);
        var onPort = listening.Where(l => l.EndsWith($":{port}", StringComparison.Ordinal)).ToList();
        if (onPort.Count == 0)
        {
            return new(
                Cause.WrongPort,
                $"nothing listens on port {port}; the container listens on {list}",
                "Set proxy.app_port to the port the application listens on, or tell the application the port."
            );
        }

        return onPort.TrueForAll(IsLoopback)
            ? new(
                Cause.LoopbackOnly,
                $"the application listens on {list} only, where the proxy cannot reach it",
                $"Let it listen on all addresses: 0.0.0.0:{port} or [::]:{port}."
            )
            : new(
                Cause.TooSlow,
                "the container did not become healthy in time",
                "Raise deploy_timeout, or see its last log lines."
            );
    }

    private static bool? Listens(Evidence evidence, int port) =>
        evidence.Listening?.Any(l => l.EndsWith($":{port}", StringComparison.Ordinal));

    private static bool IsLoopback(string address) =>
        address.StartsWith("127.", StringComparison.Ordinal) || address.StartsWith("[::1]", StringComparison.Ordinal);
}
