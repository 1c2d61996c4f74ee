namespace Lotse.Hosts.Ssh.Access;

/// <summary>Patterns of host names as ssh_config(5) and sshd(8) describe them: <c>*</c>, <c>?</c>, and <c>!</c> before a whole pattern.</summary>
internal static class Patterns
{
    /// <summary>Whether one of the patterns fits and no negated one does. Case does not matter.</summary>
    public static bool Fit(IEnumerable<string> patterns, string name)
    {
        var fits = false;
        foreach (var pattern in patterns)
        {
            var isNegated = pattern.StartsWith('!');
            if (!FitsOne(isNegated ? pattern[1..] : pattern, name))
            {
                continue;
            }

            if (isNegated)
            {
                return false;
            }

            fits = true;
        }

        return fits;
    }

    private static bool FitsOne(string pattern, string name)
    {
        var (at, star, resume) = (0, -1, 0);
        var position = 0;
        while (position < name.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                (star, resume) = (at++, position);
            }
            else if (at < pattern.Length && (pattern[at] == '?' || Same(pattern[at], name[position])))
            {
                at++;
                position++;
            }
            else if (star >= 0)
            {
                (at, position) = (star + 1, ++resume);
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(at).TrimStart('*').IsEmpty;
    }

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
