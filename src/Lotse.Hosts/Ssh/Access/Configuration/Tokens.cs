using System.Text;

namespace Lotse.Hosts.Ssh.Access.Configuration;

/// <summary>What the tokens of ssh_config(5) («TOKENS») stand for.</summary>
/// <param name="Original">The host as it was named: <c>%n</c>.</param>
/// <param name="Name">The host's real name: <c>%h</c>.</param>
/// <param name="Port">The port: <c>%p</c>.</param>
/// <param name="User">The user on the host: <c>%r</c>.</param>
/// <param name="LocalUser">The user here: <c>%u</c>.</param>
/// <param name="Home">The user's home here: <c>%d</c> and <c>~</c>.</param>
/// <param name="Environment">Reads an environment variable, for <c>${NAME}</c>.</param>
internal sealed record Tokens(
    string Original,
    string Name,
    int Port,
    string User,
    string LocalUser,
    string Home,
    Func<string, string?> Environment
)
{
    /// <summary>Replaces the tokens; one that is not known stays as it is.</summary>
    public string Expand(string text)
    {
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 1 < text.Length && Value(text[i + 1]) is { } value)
            {
                result.Append(value);
                i++;
            }
            else
            {
                result.Append(text[i]);
            }
        }

        return result.ToString();
    }

    /// <summary>Replaces the tokens, environment variables and a <c>~</c> at the start, and makes the path absolute.</summary>
    /// <param name="path">The path.</param>
    /// <param name="folder">The folder to which it is relative.</param>
    public string ExpandPath(string path, string folder) =>
        Path.GetFullPath(Path.Combine(folder, Variables(Expand(Tilde(path, Home)))));

    /// <summary>Replaces a <c>~</c> at the start.</summary>
    public static string Tilde(string path, string home) =>
        path == "~" ? home
        : path.StartsWith("~/", StringComparison.Ordinal) || path.StartsWith("~\\", StringComparison.Ordinal)
            ? Path.Combine(home, path[2..])
        : path;

    private string Variables(string text)
    {
        var start = text.IndexOf("${", StringComparison.Ordinal);
        var end = start < 0 ? -1 : text.IndexOf('}', start);
        return end < 0 ? text : $"{text[..start]}{Environment(text[(start + 2)..end])}{Variables(text[(end + 1)..])}";
    }

    private string? Value(char token) =>
        token switch
        {
            '%' => "%",
            'n' => Original,
            'h' => Name,
            'p' => Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            'r' => User,
            'u' => LocalUser,
            'd' => Home,
            _ => null,
        };
}
