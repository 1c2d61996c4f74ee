using System.Globalization;
using System.Text;

namespace Lotse.Execution.Health;

/// <summary>A container did not become healthy: with the cause by name, the evidence and the cure.</summary>
public sealed class UnhealthyException(string host, Evidence evidence, Diagnosis diagnosis)
    : Exception(Compose(host, evidence, diagnosis))
{
    /// <summary>The host.</summary>
    public string Host { get; } = host;

    /// <summary>All that is known.</summary>
    public Evidence Evidence { get; } = evidence;

    /// <summary>The cause.</summary>
    public Diagnosis Diagnosis { get; } = diagnosis;

    private static string Compose(string host, Evidence evidence, Diagnosis diagnosis)
    {
        var text = new StringBuilder();
        void Line(string line) => text.Append(CultureInfo.InvariantCulture, $"\n    {line}");

        text.Append(CultureInfo.InvariantCulture, $"[{host}] {evidence.Container}: {diagnosis.Fact}.");
        if (evidence.Probe is { ProbeUrl.Length: > 0 } probe)
        {
            var answer = probe.Status is { } status ? $"status {status}" : probe.FailureText;
            Line($"probed    {probe.ProbeUrl}, {probe.Attempts} time(s): {answer}");
            if (!string.IsNullOrWhiteSpace(probe.BodyStart))
            {
                Line($"body      {probe.BodyStart.ReplaceLineEndings(" ").Trim()}");
            }
        }

        if (evidence.Exit is { } exit)
        {
            Line($"exit code {exit.ExitCode}{(exit.OutOfMemory ? ", out of memory" : "")}");
        }

        if (evidence.Status is { Error.Length: > 0 } failed)
        {
            Line($"engine    {failed.Error}");
        }

        if (evidence.Listening is { } listening)
        {
            Line($"listening {(listening.IsEmpty ? "on no port" : string.Join(", ", listening))}");
        }

        Line(evidence.Log.IsEmpty ? "log       (it wrote nothing)" : "last log lines:");
        foreach (var line in evidence.Log)
        {
            Line($"  | {line}");
        }

        return text.Append(CultureInfo.InvariantCulture, $"\n  cause: {diagnosis.Cause}\n  → {diagnosis.Cure}")
            .ToString();
    }
}
