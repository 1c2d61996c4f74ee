using Gocatest.Notes;

namespace Gocatest.Tests.Notes;

public sealed class NoteRulesTests
{
    [Fact]
    public void Spaces_and_line_ends_are_tidied()
    {
        var tidy = NoteRules.Tidy(new NoteDraft { Author = "  Mira \t of  Kiel ", Text = "\r\n one\r\ntwo\rthree \n" });

        Assert.Equal("Mira of Kiel", tidy.Author);
        Assert.Equal("one\ntwo\nthree", tidy.Text);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \r\n ")]
    public void Nothing_is_not_a_note(string? nothing) =>
        Assert.Equal(["author", "text"], Problems(nothing, nothing).Keys);

    [Fact]
    public void Lengths_count_characters_as_people_do_not_their_encoding()
    {
        const string outsideTheBasicPlane = "🚢";

        Assert.Empty(Problems(Repeat(outsideTheBasicPlane, 40), Repeat(outsideTheBasicPlane, 500)));
        Assert.Equal(["author", "text"], Problems(Repeat("a", 41), Repeat("a", 501)).Keys);
    }

    [Fact]
    public void A_problem_says_by_how_much()
    {
        var problem = Assert.Single(Problems("Mira", Repeat("a", 512))["text"]);

        Assert.Equal("The note has 512 characters: shorten it to 500.", problem);
    }

    [Theory]
    [InlineData("Mi\0ra", "fine", "author")]
    [InlineData("Mi\u009bra", "fine", "author")]
    [InlineData("Mira", "a\0b", "text")]
    [InlineData("Mira", "a\u001b[31mb", "text")]
    public void Control_characters_are_refused(string author, string text, string field) =>
        Assert.Equal([field], Problems(author, text).Keys);

    [Fact]
    public void A_text_may_have_lines_and_tabs() => Assert.Empty(Problems("Mira", "one\n\ttwo"));

    private static SortedDictionary<string, string[]> Problems(string? author, string? text) =>
        NoteRules.Problems(NoteRules.Tidy(new NoteDraft { Author = author, Text = text }));

    private static string Repeat(string unit, int times) => string.Concat(Enumerable.Repeat(unit, times));
}
