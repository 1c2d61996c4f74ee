using System.IO.Pipelines;
using System.Text;
using Lotse.Execution.Ports;
using Renci.SshNet;

namespace Lotse.Hosts.Ssh;

/// <summary>
/// A running command. What SSH.NET receives can only be read by blocking a thread: each of the two outputs is read by a thread of its
/// own into a pipe, so that nobody waits on the thread pool's.
/// </summary>
internal sealed class CommandChannel : IAsyncDisposable
{
    /// <summary>
    /// Comes first on both outputs. What stands before it is not the command's: shells that sshd starts read the user's start-up files, and some of those
    /// write a greeting or a warning.
    /// </summary>
    private const string Begin = "printf '\\036lotse\\036'; printf '\\036lotse\\036' >&2; ";
    private static readonly byte[] Mark = "\u001elotse\u001e"u8.ToArray();

    private readonly SshCommand command;
    private readonly Task ended;

    private CommandChannel(SshCommand command, Task ended)
    {
        this.command = command;
        this.ended = ended;
        Input = InputOf(command);
        Output = Pump(command.OutputStream);
        Error = Pump(command.ExtendedOutputStream);
    }

    /// <summary>The command's standard input; its disposal is the end of it.</summary>
    public Stream Input { get; }

    /// <summary>The command's standard output.</summary>
    public PipeReader Output { get; }

    /// <summary>The command's standard error.</summary>
    public PipeReader Error { get; }

    /// <summary>Completes when the command has ended; faults when the connection broke before.</summary>
    public Task Ended => ended;

    /// <summary>Starts a command. Blocks for two round trips.</summary>
    /// <param name="client">The connection.</param>
    /// <param name="script">The command, for sh.</param>
    public static CommandChannel Open(SshClient client, string script)
    {
        var command = client.CreateCommand(ShellText.Script(Begin + script));
        try
        {
            return new CommandChannel(command, command.ExecuteAsync());
        }
        catch
        {
            command.Dispose();
            throw;
        }
    }

    /// <summary>Reads both outputs to their end and waits for the exit code.</summary>
    public async Task<CommandResult> ReadToEndAsync(CancellationToken cancellation)
    {
        var output = ReadAsync(Output, cancellation);
        var error = ReadAsync(Error, cancellation);
        var (outputText, errorText) = (await output, await error);
        await ended.WaitAsync(cancellation);
        // A command that a signal ended has no exit code: shells report those as 128 and more.
        return new CommandResult(command.ExitStatus ?? 255, outputText, errorText);
    }

    /// <summary>What a command said on its standard error, once it has ended without an answer.</summary>
    public Task<string> ReadErrorAsync(CancellationToken cancellation) => ReadAsync(Error, cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        // The end of a command that is cut off is of no interest; observed, so that it does not surface elsewhere.
        _ = ended.ContinueWith(t => t.Exception, TaskScheduler.Default);
        // Closing waits for the host's answer. That the connection is closed meanwhile, which throws then, is of no interest either: on a bare thread it would
        // end the process.
        _ = Blocking
            .RunAsync(command.Dispose, CancellationToken.None)
            .ContinueWith(t => t.Exception, TaskScheduler.Default);
        return ValueTask.CompletedTask;
    }

    /// <summary>A short command may have ended already: then there is nothing that would read.</summary>
    private static Stream InputOf(SshCommand command)
    {
        try
        {
            return command.CreateInputStream();
        }
        catch (InvalidOperationException)
        {
            return Stream.Null;
        }
    }

    private static async Task<string> ReadAsync(PipeReader reader, CancellationToken cancellation)
    {
        using var text = new MemoryStream();
        await reader.CopyToAsync(text, cancellation);
        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    private static PipeReader Pump(Stream from)
    {
        var pipe = new Pipe();
        var thread = new Thread(() => Copy(from, pipe.Writer)) { IsBackground = true, Name = "ssh read" };
        thread.Start();
        return pipe.Reader;
    }

    private static void Copy(Stream from, PipeWriter to)
    {
        try
        {
            using var stream = to.AsStream(leaveOpen: true);
            PassStart(from, stream);
            from.CopyTo(stream);
            to.Complete();
        }
        catch (Exception broken) when (broken is IOException or ObjectDisposedException or InvalidOperationException)
        {
            to.Complete(broken);
        }
    }

    /// <summary>Reads to where the command begins. One that never does has said why instead: that is passed on.</summary>
    private static void PassStart(Stream from, Stream to)
    {
        using var seen = new MemoryStream();
        var buffer = new byte[4096];
        while (from.Read(buffer) is > 0 and var read)
        {
            seen.Write(buffer, 0, read);
            var all = seen.GetBuffer().AsSpan(0, (int)seen.Length);
            if (all.IndexOf(Mark) is >= 0 and var at)
            {
                if (at + Mark.Length < all.Length)
                {
                    to.Write(all[(at + Mark.Length)..]);
                }

                return;
            }
        }

        seen.WriteTo(to);
    }
}
