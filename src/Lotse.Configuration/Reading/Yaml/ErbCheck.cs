namespace Lotse.Configuration.Reading.Yaml;

/// <summary>Finds embedded Ruby, which Kamal runs and we do not.</summary>
internal static class ErbCheck
{
    /// <summary>Reports each line with <c>&lt;%</c> outside a comment; whether there was one.</summary>
    public static bool Report(string file, string text, ProblemList problems)
    {
        var found = false;
        var number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            var at = line.IndexOf("<%");
            if (at < 0 || IsComment(line[..at]))
            {
                continue;
            }

            found = true;
            problems.Error(
                new Mark(file, number, at + 1),
                "",
                "embedded Ruby (<% … %>) is not supported",
                "Write the value itself; put what differs between destinations into config/deploy.<destination>.yml, "
                    + "and what comes from the environment or from a command into .kamal/secrets, "
                    + "as NAME=$NAME or NAME=$(command)."
            );
        }

        return found;
    }

    private static bool IsComment(ReadOnlySpan<char> before)
    {
        var hash = before.IndexOf('#');
        return hash == 0 || (hash > 0 && char.IsWhiteSpace(before[hash - 1]));
    }
}
