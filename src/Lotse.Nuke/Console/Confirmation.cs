using Lotse.Execution;

namespace Lotse.Nuke.Console;

/// <summary>Asks a person yes or no before something that only a person can judge.</summary>
/// <param name="input">Where the answer comes from; null where nobody can be asked.</param>
/// <param name="output">Where the question goes.</param>
internal sealed class Confirmation(TextReader? input, TextWriter output)
{
    /// <summary>On this process's terminal; in a pipe or in CI there is nobody.</summary>
    public static Confirmation ForConsole() =>
        new(
            System.Console.IsInputRedirected
            || System.Console.IsOutputRedirected
            || Environment.GetEnvironmentVariable("CI") is not null
                ? null
                : System.Console.In,
            System.Console.Out
        );

    /// <summary>Whether there is somebody to ask.</summary>
    public bool CanAsk => input is not null;

    /// <summary>Goes on only when the answer is yes.</summary>
    /// <param name="question">The question.</param>
    /// <param name="isGiven">Whether the person has said yes already.</param>
    /// <param name="whenGiven">When one may say yes beforehand, as the end of a sentence.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="UserException">The answer is no, or nobody can be asked.</exception>
    public async Task RequireAsync(string question, bool isGiven, string whenGiven, CancellationToken cancellation)
    {
        if (isGiven)
        {
            return;
        }

        if (input is null)
        {
            throw new UserException(
                $"{question} There is no terminal to ask on; nothing was changed.",
                $"Run the same command on a terminal, or with --yes {whenGiven}."
            );
        }

        await output.WriteAsync($"{question} [y/N] ");
        await output.FlushAsync(cancellation);
        // Reading from a terminal cannot be cancelled.
        var answer = await Task.Run(input.ReadLine, cancellation).WaitAsync(cancellation);
        if (answer?.Trim().ToUpperInvariant() is not ("Y" or "YES"))
        {
            throw new UserException("Not confirmed; nothing was changed.", "Run the same command again when you like.");
        }
    }
}
