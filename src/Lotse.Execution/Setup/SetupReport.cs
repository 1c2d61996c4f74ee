using System.Collections.Immutable;
using Lotse.Execution.Ports;
using Lotse.Planning.Setup;

namespace Lotse.Execution.Setup;

/// <summary>Something that happened on a server.</summary>
/// <param name="Host">The server.</param>
/// <param name="Text">What, in words.</param>
/// <param name="IsDone">Whether a step was done, as against begun.</param>
public sealed record SetupEvent(string Host, string Text, bool IsDone);

/// <summary>What came of a set-up.</summary>
/// <param name="Servers">Each server's report, in the order of the request.</param>
public sealed record SetupReport(ImmutableArray<ServerReport> Servers)
{
    /// <summary>Whether something was changed, or would be.</summary>
    public bool HasChanges => Servers.Any(s => s.Plan.Changes.Any());
}

/// <summary>What came of it on one server.</summary>
public sealed record ServerReport
{
    /// <summary>What was to be done, as it was found.</summary>
    public required SetupPlan Plan { get; init; }

    /// <summary>What a person should know.</summary>
    public ImmutableArray<string> Notices { get; init; } = [];

    /// <summary>How its ports answered; empty when they were not tried.</summary>
    public ImmutableArray<PortFinding> Ports { get; init; } = [];
}

/// <summary>How a port answered from this machine.</summary>
/// <param name="Port">The port.</param>
/// <param name="Answer">Its answer.</param>
/// <param name="IsMeantOpen">Whether the firewall lets it in.</param>
public sealed record PortFinding(int Port, PortAnswer Answer, bool IsMeantOpen)
{
    /// <summary>Whether it answers although the firewall should not let it in.</summary>
    public bool IsLeak => !IsMeantOpen && Answer == PortAnswer.Open;

    /// <summary>Whether something refuses it that the firewall of the server would keep silent.</summary>
    public bool IsDenied => !IsMeantOpen && Answer == PortAnswer.Refused;

    /// <summary>Whether it is let in and yet nothing comes back, so that something between drops packets.</summary>
    public bool IsShut => IsMeantOpen && Answer == PortAnswer.Silent;
}

/// <summary>Set-up failed on some servers; it was done on the others.</summary>
/// <param name="failures">What failed, with the server's name in each message.</param>
/// <param name="doneOn">The servers on which all was done and proved.</param>
public sealed class SetupFailedException(IReadOnlyList<HostException> failures, IReadOnlyList<string> doneOn)
    : Exception(Compose(failures, doneOn), failures[0])
{
    /// <summary>What failed.</summary>
    public IReadOnlyList<HostException> Failures { get; } = failures;

    private static string Compose(IReadOnlyList<HostException> failures, IReadOnlyList<string> doneOn)
    {
        var lines = failures.Select(f => f.Message).ToList();
        lines.Add(
            doneOn.Count > 0
                ? $"Set up: {string.Join(", ", doneOn)}. Running ServerSetup again goes on where it ended."
                : "Running ServerSetup again goes on where it ended."
        );
        return string.Join('\n', lines);
    }
}
