using System.Collections.Immutable;
using Docker.DotNet.Models;
using Lotse.Execution.Ports;

namespace Lotse.Hosts.Docker;

public sealed partial class DockerEngine
{
    private const int MostExitAttempts = 100;
    private static readonly TimeSpan ExitPause = TimeSpan.FromMilliseconds(25);

    /// <inheritdoc/>
    public Task<int> ExecInTerminalAsync(
        string container,
        ImmutableArray<string> command,
        ITerminalSession terminal,
        CancellationToken cancellation
    ) =>
        AskAsync(
            $"run {command.FirstOrDefault()} in {container}",
            Timeout.InfiniteTimeSpan,
            async _ =>
            {
                var parameters = new ContainerExecCreateParameters
                {
                    AttachStdin = true,
                    AttachStdout = true,
                    AttachStderr = true,
                    Tty = true,
                    Cmd = [.. command],
                };
                var id = (await client.Exec.ExecCreateContainerAsync(container, parameters, cancellation)).ID;
                await using var stream = await HijackAsync($"/exec/{id}/start", StartIn(terminal.Size), cancellation);
                Task Resize(TerminalSize size, CancellationToken token) =>
                    client.Exec.ResizeContainerExecTtyAsync(id, SizeOf(size), token);
                await new TerminalPump(stream, terminal, Resize, Time).RunAsync(cancellation);
                return await ExitCodeAsync(id, container, cancellation);
            },
            cancellation
        );

    /// <inheritdoc/>
    public Task<int> StartInTerminalAsync(
        string container,
        ITerminalSession terminal,
        CancellationToken cancellation
    ) =>
        AskAsync(
            $"run container {container}",
            Timeout.InfiniteTimeSpan,
            async _ =>
            {
                await using var stream = await HijackAsync(
                    $"/containers/{container}/attach?stream=1&stdin=1&stdout=1&stderr=1",
                    "",
                    cancellation
                );
                await client.Containers.StartContainerAsync(container, new ContainerStartParameters(), cancellation);
                Task Resize(TerminalSize size, CancellationToken token) =>
                    client.Containers.ResizeContainerTtyAsync(container, SizeOf(size), token);
                await new TerminalPump(stream, terminal, Resize, Time).RunAsync(cancellation);
                return (int)(await client.Containers.WaitContainerAsync(container, cancellation)).StatusCode;
            },
            cancellation
        );

    private TimeProvider Time => time ?? TimeProvider.System;

    private static ContainerResizeParameters SizeOf(TerminalSize size) =>
        new() { Width = size.Columns, Height = size.Rows };

    /// <summary>Engines before API 1.42 overlook the size here, and are told it once the process is there.</summary>
    private static string StartIn(TerminalSize size) =>
        $$"""{"Detach":false,"Tty":true,"ConsoleSize":[{{size.Rows}},{{size.Columns}}]}""";

    private async Task<Stream> HijackAsync(string path, string json, CancellationToken cancellation)
    {
        var connection = dial is null
            ? await HijackedStream.DialAsync(client.Configuration.EndpointBaseUri, cancellation)
            : await dial(cancellation);
        return await HijackedStream.OpenAsync(connection, path, json, cancellation);
    }

    /// <summary>
    /// A process's connection closes a moment before the engine hears of its end, and there is no way to wait for that. One that goes on running has lost it: the connection broke, or the person detached from it.
    /// </summary>
    private async Task<int> ExitCodeAsync(string exec, string container, CancellationToken cancellation)
    {
        for (var attempt = 1; attempt <= MostExitAttempts; attempt++)
        {
            var end = await client.Exec.InspectContainerExecAsync(exec, cancellation);
            if (!end.Running)
            {
                return (int)end.ExitCode;
            }

            await Task.Delay(ExitPause, Time, cancellation);
        }

        throw new HostException(
            HostFailure.Unreachable,
            host,
            $"stay joined to a command in {container}",
            "the connection to it has ended, and it still runs there.",
            $"Look at it with `docker top {container}` on the host, or join a new one."
        );
    }
}
