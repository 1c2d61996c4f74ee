using System.Text;
using System.Text.RegularExpressions;
using Docker.DotNet.Models;
using Lotse.Execution.Ports;
using Lotse.Hosts.Images.Dockerfiles;
using Lotse.Hosts.Local;

namespace Lotse.Hosts.Images.Building;

/// <summary>
/// Follows the messages of the engine's classic builder: a stream of text whose step headers name the instruction by its
/// position among all instructions of the Dockerfile, and in the end an image id or an error.
/// </summary>
internal sealed partial class ClassicOutput(Dockerfile dockerfile, IProgress<BuildProgress>? progress)
    : IProgress<JSONMessage>
{
    private readonly StringBuilder _partial = new();
    private readonly LineTail _tail = new(20);
    private int _step;
    private int _steps;
    private string _command = "";

    /// <summary>The image's id once it is built.</summary>
    public string? ImageId { get; private set; }

    /// <summary>The failure, when there is one.</summary>
    public BuilderError? Error { get; private set; }

    public void Report(JSONMessage value)
    {
        if (value.Stream is { } text)
        {
            _partial.Append(text);
            TakeLines();
        }

        if (value.Status is { Length: > 0 } status && value.Progress is null or { Total: 0 })
        {
            progress?.Report(Progress(value.ID is null ? status : $"{value.ID}: {status}", isOutput: true));
        }

        if (value.Aux?.ExtensionData?.TryGetValue("ID", out var id) == true)
        {
            ImageId = id.ToString();
        }

        if (value.Error is not null || value.ErrorMessage is not null)
        {
            Error = ToError(value);
        }
    }

    private void TakeLines()
    {
        var text = _partial.ToString();
        var end = text.LastIndexOf('\n');
        if (end < 0)
        {
            return;
        }

        _partial.Clear().Append(text, end + 1, text.Length - end - 1);
        foreach (var line in text[..end].Split('\n'))
        {
            Take(Color().Replace(line, "").TrimEnd('\r'));
        }
    }

    private void Take(string line)
    {
        // Only the next number of as many counts: a command may print what looks like a step.
        if (Header().Match(line) is { Success: true } header && IsNext(Number(header, 1), Number(header, 2)))
        {
            _step++;
            _steps = Number(header, 2);
            _command = header.Groups[3].Value;
            _tail.Clear();
            progress?.Report(Progress(_command, isOutput: false));
        }
        else if (line == " ---> Using cache")
        {
            progress?.Report(Progress(_command, isOutput: false) with { Cached = true });
        }
        else if (line.Length > 0 && !Remark().IsMatch(line))
        {
            _tail.Add(line);
            progress?.Report(Progress(line, isOutput: true));
        }
    }

    private bool IsNext(int step, int steps) => step == _step + 1 && (_steps == 0 || steps == _steps);

    private static int Number(Match match, int group) =>
        int.Parse(match.Groups[group].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);

    private BuildProgress Progress(string message, bool isOutput) =>
        new()
        {
            Step = _step,
            Steps = _steps,
            Message = message,
            IsOutput = isOutput,
        };

    /// <summary>The engine gives the exit code of a step's command as the error's code; its own errors have none.</summary>
    private BuilderError ToError(JSONMessage message)
    {
        var code = message.Error?.Code ?? 0;
        if (_partial.Length > 0)
        {
            _tail.Add(_partial.ToString());
        }

        return new()
        {
            Message = (message.Error?.Message ?? message.ErrorMessage ?? "").Trim(),
            Step = _step,
            Steps = _steps,
            Instruction = _step == 0 ? null : dockerfile.Instructions.ElementAtOrDefault(_step - 1),
            ExitCode = code == 0 ? null : (int)code,
            Output = _tail.Lines,
        };
    }

    [GeneratedRegex(@"^Step (\d+)/(\d+) : (.*)$")]
    private static partial Regex Header();

    [GeneratedRegex("^( ---> |Removing intermediate container |Successfully built |Successfully tagged )")]
    private static partial Regex Remark();

    [GeneratedRegex(@"\x1b\[[0-9;]*m")]
    private static partial Regex Color();
}
