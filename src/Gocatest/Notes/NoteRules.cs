using System.Text;

namespace Gocatest.Notes;

/// <summary>What a note may be. Lengths count Unicode characters, after trimming.</summary>
internal static class NoteRules
{
    public const int LongestAuthor = 40;
    public const int LongestText = 500;

    /// <summary>The draft as it would be stored: trimmed, spaces in the name and line ends made uniform.</summary>
    public static NoteDraft Tidy(NoteDraft draft) =>
        new()
        {
            Author = string.Join(' ', (draft.Author ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
            Text = (draft.Text ?? "").ReplaceLineEndings("\n").Trim(),
        };

    /// <summary>Each field that cannot be stored, with what is wrong and its cure; empty when all is well.</summary>
    public static SortedDictionary<string, string[]> Problems(NoteDraft tidy)
    {
        var problems = new SortedDictionary<string, string[]>(StringComparer.Ordinal);
        Check(problems, "author", "name", tidy.Author ?? "", LongestAuthor, lines: false);
        Check(problems, "text", "note", tidy.Text ?? "", LongestText, lines: true);
        return problems;
    }

    private static void Check(
        SortedDictionary<string, string[]> problems,
        string field,
        string word,
        string value,
        int longest,
        bool lines
    )
    {
        var length = value.EnumerateRunes().Count();
        var problem =
            length == 0 ? $"The {word} is empty: write at least one character."
            : length > longest ? $"The {word} has {length} characters: shorten it to {longest}."
            : value.EnumerateRunes().Any(r => !Storable(r, lines))
                ? $"The {word} holds control characters: remove them."
            : null;
        if (problem is not null)
        {
            problems[field] = [problem];
        }
    }

    private static bool Storable(Rune rune, bool lines) =>
        !Rune.IsControl(rune) || (lines && rune.Value is '\n' or '\t');
}
