using System.Text;

namespace Lotse.Hosts.Ssh.Access;

/// <summary>Asks for a passphrase on the terminal, without showing what is typed.</summary>
internal static class TerminalPassphrase
{
    private static readonly Lock Turn = new();

    /// <summary>The way to ask; null where there is no terminal.</summary>
    public static Func<string, string?>? Available =>
        Console.IsInputRedirected || Console.IsOutputRedirected || Environment.GetEnvironmentVariable("CI") is not null
            ? null
            : Ask;

    private static string? Ask(string file)
    {
        lock (Turn)
        {
            Console.Write($"Passphrase of {file}: ");
            var typed = new StringBuilder();
            while (Console.ReadKey(intercept: true) is var key && key.Key != ConsoleKey.Enter)
            {
                if (key.Key == ConsoleKey.Backspace)
                {
                    typed.Length -= typed.Length > 0 ? 1 : 0;
                }
                else if (!char.IsControl(key.KeyChar))
                {
                    typed.Append(key.KeyChar);
                }
            }

            Console.WriteLine();
            return typed.Length == 0 ? null : typed.ToString();
        }
    }
}
