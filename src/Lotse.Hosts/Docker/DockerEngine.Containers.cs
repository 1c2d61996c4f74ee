using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Docker.DotNet;
using Docker.DotNet.Models;
using Lotse.Execution.Ports;

namespace Lotse.Hosts.Docker;

public sealed partial class DockerEngine
{
    /// <inheritdoc/>
    public Task<ImmutableArray<string>> TailLogsAsync(string container, int lines, CancellationToken cancellation) =>
        AskAsync(
            $"read the log of {container}",
            EngineLimits.Change,
            async token =>
            {
                var tail = ImmutableArray.CreateBuilder<string>();
                await foreach (var line in ReadLogsAsync(container, new LogQuery { Lines = lines }, token))
                {
                    tail.Add(line);
                }

                return tail.ToImmutable();
            },
            cancellation
        );

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ReadLogsAsync(
        string container,
        LogQuery query,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var parameters = new ContainerLogsParameters
        {
            ShowStdout = true,
            ShowStderr = true,
            Follow = query.Follow,
            Timestamps = query.Timestamps,
            Tail = query.Lines?.ToString(CultureInfo.InvariantCulture) ?? "all",
            Since = query.Since?.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        };
        var asked = query.Follow ? following ?? client : client;
        using var stream = await AskAsync(
            $"read the log of {container}",
            EngineLimits.Change,
            token => asked.Containers.GetContainerLogsAsync(container, tty: false, parameters, token),
            cancellation
        );
        await using var lines = MultiplexedLines.ReadAsync(stream, cancellation).GetAsyncEnumerator(cancellation);
        // However long it takes until there is another line.
        var reading = $"read the log of {container}";
        while (await EngineErrors.TranslateAsync(host, reading, () => lines.MoveNextAsync().AsTask()))
        {
            yield return lines.Current;
        }
    }

    /// <inheritdoc/>
    public Task<int> ExecAsync(
        string container,
        ImmutableArray<string> command,
        Action<string> take,
        CancellationToken cancellation
    ) =>
        EngineErrors.TranslateAsync(
            host,
            $"run {command.FirstOrDefault()} in {container}",
            async () =>
            {
                var parameters = new ContainerExecCreateParameters
                {
                    AttachStdout = true,
                    AttachStderr = true,
                    Cmd = [.. command],
                };
                var id = (await client.Exec.ExecCreateContainerAsync(container, parameters, cancellation)).ID;
                const string Start = """{"Detach":false,"Tty":false}""";
                using var stream = new MultiplexedStream(
                    await HijackAsync($"/exec/{id}/start", Start, cancellation),
                    multiplexed: true
                );
                await foreach (var line in MultiplexedLines.ReadAsync(stream, cancellation))
                {
                    take(line);
                }

                return await ExitCodeAsync(id, container, cancellation);
            }
        );

    /// <inheritdoc/>
    public Task<CommandResult> ExecAsync(
        string container,
        ImmutableArray<string> command,
        TimeSpan limit,
        CancellationToken cancellation
    ) =>
        AskAsync(
            $"run {command.FirstOrDefault()} in {container}",
            limit,
            token =>
                exec is null
                    ? AttachAsync(container, command, token)
                    : exec(new ContainerCommand(container, command, limit), token),
            cancellation
        );

    private async Task<CommandResult> AttachAsync(
        string container,
        ImmutableArray<string> command,
        CancellationToken cancellation
    )
    {
        var parameters = new ContainerExecCreateParameters
        {
            AttachStdout = true,
            AttachStderr = true,
            Cmd = [.. command],
        };
        var created = await client.Exec.ExecCreateContainerAsync(container, parameters, cancellation);
        using var stream = await client.Exec.StartAndAttachContainerExecAsync(created.ID, tty: false, cancellation);
        var (output, error) = await stream.ReadOutputToEndAsync(cancellation);
        var end = await client.Exec.InspectContainerExecAsync(created.ID, cancellation);
        return new CommandResult((int)end.ExitCode, output, error);
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<string>> GetListeningPortsAsync(
        string container,
        string helperImage,
        CancellationToken cancellation
    )
    {
        var request = new CreateContainerParameters
        {
            Image = helperImage,
            Cmd = ["sockets"],
            HostConfig = new HostConfig
            {
                NetworkMode = $"container:{container}",
                LogConfig = new LogConfig { Type = "json-file" },
            },
        };
        var created = await AskAsync(
            $"look for listening ports in {container}",
            EngineLimits.Change,
            token => client.Containers.CreateContainerAsync(request, token),
            cancellation
        );
        try
        {
            await StartAsync(created.ID, cancellation);
            await AskAsync(
                $"look for listening ports in {container}",
                EngineLimits.Change,
                token => client.Containers.WaitContainerAsync(created.ID, token),
                cancellation
            );
            // Where nothing listens, the helper writes an empty line.
            var lines = await TailLogsAsync(created.ID, 100, cancellation);
            return lines.RemoveAll(string.IsNullOrWhiteSpace);
        }
        finally
        {
            await RemoveAsync(created.ID, CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    public Task<IContainerWatch> WatchAsync(string container, CancellationToken cancellation) =>
        AskAsync<IContainerWatch>(
            $"watch container {container}",
            EngineLimits.Answer,
            async token => await events.WatchAsync(container, token),
            cancellation
        );
}
