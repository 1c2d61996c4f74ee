using System.Text.RegularExpressions;
using Gocatest.Contracts;
using Gocatest.Frontend.Assets;
using Gocatest.Frontend.Pages;
using Gocatest.Notes;
using Gocatest.Storage;

namespace Gocatest.Tests.Frontend;

public sealed partial class BoardPageTests
{
    private static readonly DateTimeOffset Since = new(2026, 3, 1, 8, 30, 0, TimeSpan.Zero);

    private static readonly BoardModel Model = new()
    {
        Release = new ReleaseAnswer
        {
            Version = "1.4.2",
            Host = "web-1",
            Container = "gocatest-web-1.4.2",
            Since = Since,
            Database = DatabaseState.Up,
        },
        Now = Since.AddMinutes(3).AddSeconds(12),
        Notes = [],
    };

    [Theory]
    [InlineData("<title>1.4.2 on web-1 · Gocatest</title>")]
    [InlineData("<dd data-field=\"host\">web-1</dd>")]
    [InlineData("<dd data-field=\"container\">gocatest-web-1.4.2</dd>")]
    [InlineData("<time datetime=\"2026-03-01T08:30:00Z\">1 Mar 2026, 08:30 UTC</time>")]
    [InlineData("<dd data-field=\"uptime\">3 min 12 s</dd>")]
    [InlineData("No notes yet.")]
    public void The_page_says_who_serves(string fact) => Assert.Contains(fact, Render(Model), StringComparison.Ordinal);

    [Theory]
    [InlineData(null, "Your first answer from this board")]
    [InlineData("1.4.2", "Same release as your previous answer")]
    [InlineData("1.4.1", "Changed since your previous answer: it came from 1.4.1")]
    public void The_page_says_whether_the_release_changed(string? previous, string words) =>
        Assert.Contains(words, Render(Model with { Previous = previous }), StringComparison.Ordinal);

    [Fact]
    public void A_previous_version_from_a_forged_cookie_cannot_become_markup() =>
        Assert.DoesNotContain("<i>", Render(Model with { Previous = "<i>" }), StringComparison.Ordinal);

    [Fact]
    public void A_note_stands_with_author_time_and_the_version_that_stored_it()
    {
        var page = Render(Model with { Notes = [Note("Moin")] });

        Assert.Contains("<bdi class=\"note-author\">Mira</bdi>", page, StringComparison.Ordinal);
        Assert.Contains("<time datetime=\"2026-03-01T08:31:00Z\">", page, StringComparison.Ordinal);
        Assert.Contains("title=\"Stored by version 1.3.0 on web-2\">1.3.0</span>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("No notes yet.", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_note_cannot_bring_a_script() =>
        Assert.Contains(
            "&lt;script&gt;alert(1)&lt;/script&gt;",
            Render(Model with { Notes = [Note("<script>alert(1)</script>")] }),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_refused_draft_is_kept_beside_its_problems()
    {
        var problem = new Problem
        {
            Status = 422,
            Title = "No.",
            Errors = new(StringComparer.Ordinal) { ["text"] = ["The note is too \"long\"."] },
        };
        var page = Render(
            Model with
            {
                Draft = new() { Author = "\"Mira", Text = "\nfirst" },
                Problem = problem,
            }
        );

        Assert.Contains("value=\"&quot;Mira\"", page, StringComparison.Ordinal);
        // A browser drops one line feed after the tag; the draft's own must survive.
        Assert.Matches(">\n&#xA;first</textarea>", page);
        Assert.Contains("data-problem=\"text\">The note is too &quot;long&quot;.</p>", page, StringComparison.Ordinal);
        Assert.Single(InvalidField().Matches(page));
    }

    [Fact]
    public void Without_the_database_the_page_says_that_the_notes_are_away()
    {
        var page = Render(Model with { Notes = null, Release = Model.Release with { Database = DatabaseState.Away } });

        Assert.Contains("data-notes-away", page, StringComparison.Ordinal);
        Assert.Contains("data-database=\"away\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("No notes yet.", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_in_the_page_needs_an_inline_style_or_script()
    {
        var page = Render(Model with { Notes = [Note("Moin")], Previous = "1.0" });

        Assert.DoesNotMatch("<style|style=|<script>| on[a-z]+=|javascript:|https?:", page);
    }

    [Theory]
    [InlineData("1.4.2", "1.4.2")]
    [InlineData("12345678901234567890", "12345678901234567890")]
    [InlineData("3f9c2a7b1d4e5f60718293a4b5c6d7e8f9012345", "3f9c2a7b1d4e…")]
    public void A_long_version_loses_its_tail(string version, string shown) =>
        Assert.Equal(shown, Wording.Short(version));

    [Theory]
    [InlineData(-5, "0 s")]
    [InlineData(59, "59 s")]
    [InlineData(60, "1 min 0 s")]
    [InlineData(3661, "1 h 1 min")]
    [InlineData(90_000, "1 d 1 h")]
    public void A_duration_has_its_two_largest_units(int seconds, string words) =>
        Assert.Equal(words, Wording.Duration(TimeSpan.FromSeconds(seconds)));

    private static string Render(BoardModel model) => new BoardPage(new AssetCatalog()).Render(model).Markup;

    private static Note Note(string text) =>
        new()
        {
            Id = 1,
            Author = "Mira",
            Text = text,
            Version = "1.3.0",
            Host = "web-2",
            StoredAt = Since.AddMinutes(1),
        };

    [GeneratedRegex("aria-invalid=\"true\"")]
    private static partial Regex InvalidField();
}
