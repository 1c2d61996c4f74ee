using System.Globalization;

namespace Lotse.Testing.Waiting;

/// <summary>
/// Tells what a test or a fixture waited for, and for how long. The test run adds it up, so that a slow test says why it is slow.
/// </summary>
public static class Wait
{
    /// <summary>Begins each line that tells of a wait: <c>[waited] 3.214 s: server boot</c>.</summary>
    public const string Mark = "[waited] ";

    /// <summary>Waits for something and tells how long that took, whether it came to something or not.</summary>
    /// <param name="what">
    /// What is waited for, in few words that are the same wherever the same thing is waited for: see <see cref="WaitKind"/>.
    /// </param>
    /// <param name="task">What is waited for.</param>
    public static async Task<T> ForAsync<T>(string what, Task<T> task)
    {
        var begun = TimeProvider.System.GetTimestamp();
        try
        {
            return await task;
        }
        finally
        {
            Tell(what, TimeProvider.System.GetElapsedTime(begun));
        }
    }

    /// <summary>The same of what has no result.</summary>
    public static async Task ForAsync(string what, Task task)
    {
        var begun = TimeProvider.System.GetTimestamp();
        try
        {
            await task;
        }
        finally
        {
            Tell(what, TimeProvider.System.GetElapsedTime(begun));
        }
    }

    private static void Tell(string what, TimeSpan time)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{Mark}{time.TotalSeconds:0.000} s: {what}");
        var context = TestContext.Current;
        if (context.TestOutputHelper is { } output)
        {
            output.WriteLine(line);
        }
        else
        {
            // A fixture has no output of its own.
            context.SendDiagnosticMessage("{0}", line);
        }
    }
}
