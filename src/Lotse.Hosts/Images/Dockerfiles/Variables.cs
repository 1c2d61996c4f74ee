using System.Text;

namespace Lotse.Hosts.Images.Dockerfiles;

/// <summary>Replaces <c>$NAME</c> and <c>${NAME}</c> with their modifiers <c>:-</c>, <c>-</c>, <c>:+</c>, <c>+</c>, as a shell would.</summary>
internal static class Variables
{
    /// <summary>Returns the text with its variables replaced, and the name of the first that has no value.</summary>
    public static (string Text, string? Missing) Expand(string text, IReadOnlyDictionary<string, string> values)
    {
        var result = new StringBuilder();
        string? missing = null;
        for (var at = 0; at < text.Length; )
        {
            if (text[at] == '\\' && at + 1 < text.Length)
            {
                result.Append(text[at + 1]);
                at += 2;
            }
            else if (text[at] == '$' && Reference(text, at) is var (expression, next))
            {
                var (value, unknown) = Evaluate(expression, values);
                missing ??= unknown;
                result.Append(value);
                at = next;
            }
            else
            {
                result.Append(text[at++]);
            }
        }

        return (result.ToString(), missing);
    }

    /// <summary>The expression that begins at a dollar sign, and where the text goes on; null when it is a mere dollar sign.</summary>
    private static (string Expression, int Next)? Reference(string text, int dollar)
    {
        if (dollar + 1 < text.Length && text[dollar + 1] == '{')
        {
            var end = ClosingBrace(text, dollar + 2);
            return end < 0 ? null : (text[(dollar + 2)..end], end + 1);
        }

        var length = NameLength(text.AsSpan(dollar + 1));
        return length == 0 ? null : (text.Substring(dollar + 1, length), dollar + 1 + length);
    }

    private static int ClosingBrace(string text, int from)
    {
        var depth = 1;
        for (var at = from; at < text.Length; at++)
        {
            depth += text[at] switch
            {
                '{' => 1,
                '}' => -1,
                _ => 0,
            };
            if (depth == 0)
            {
                return at;
            }
        }

        return -1;
    }

    private static int NameLength(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && (char.IsAsciiLetterOrDigit(text[length]) || text[length] == '_'))
        {
            length++;
        }

        return length;
    }

    private static (string Value, string? Missing) Evaluate(
        string expression,
        IReadOnlyDictionary<string, string> values
    )
    {
        var name = expression[..NameLength(expression)];
        var modifier = expression[name.Length..];
        var given = values.GetValueOrDefault(name);
        var colon = modifier.StartsWith(':');
        var present = colon ? !string.IsNullOrEmpty(given) : given is not null;
        return (colon ? modifier[1..] : modifier) switch
        {
            ['-', .. var fallback] => present ? (given!, null) : Expand(fallback, values),
            ['+', .. var instead] => present ? Expand(instead, values) : ("", null),
            _ => (given ?? "", given is null ? name : null),
        };
    }
}
