using Gocatest.Contracts;
using Gocatest.Storage;

namespace Gocatest.Frontend.Pages;

/// <summary>The board itself: who serves, and the picture of the way an answer takes.</summary>
internal static class PanelView
{
    public static Html Section(BoardModel model)
    {
        var release = model.Release;
        return Html.Of(
            $"""
            <section class="board tone-{release.Tone}" aria-labelledby="serving"
            data-board data-version="{release.Version}">
            <div class="board-head"><h1 id="serving">Now serving you</h1>{Change(model)}</div>
            <p class="flaps" data-flaps><span class="unseen" data-field="version">{release.Version}</span>{Flaps(
                release.Version
            )}</p>
            {Facts(model)}{Route(release.Database)}{Pulse}</section>

            """
        );
    }

    /// <summary>Whether this answer came from another release than the previous one.</summary>
    private static Html Change(BoardModel model)
    {
        var (kind, words) = model.Previous switch
        {
            null => ("first", "Your first answer from this board"),
            { } previous when previous == model.Release.Version => ("same", "Same release as your previous answer"),
            { } previous => ("changed", $"Changed since your previous answer: it came from {previous}"),
        };
        return Html.Of($"""<p class="change change-{kind}" role="status" data-change>{words}</p>""");
    }

    private static Html Flaps(string version)
    {
        var shown = Wording.Short(version);
        var size =
            shown.Length <= 8 ? "large"
            : shown.Length <= 13 ? "medium"
            : "small";
        var flaps = Html.Join(shown.Select(c => Html.Of($"""<span class="flap">{c.ToString()}</span>""")));
        return Html.Of($"""<span class="flap-row flaps-{size}" aria-hidden="true">{flaps}</span>""");
    }

    private static Html Facts(BoardModel model)
    {
        var release = model.Release;
        return Html.Of(
            $"""
            <dl class="facts">
            <div><dt>Host</dt><dd data-field="host">{release.Host}</dd></div>
            <div><dt>Container</dt><dd data-field="container">{release.Container}</dd></div>
            <div><dt>Since</dt><dd data-field="since">{Wording.Time(release.Since)}</dd></div>
            <div><dt>Up for</dt><dd data-field="uptime">{Wording.Duration(model.Now - release.Since)}</dd></div>
            </dl>

            """
        );
    }

    private static Html Route(DatabaseState? database)
    {
        var (state, words) = database switch
        {
            DatabaseState.Up => ("up", "stores the notes"),
            DatabaseState.Starting => ("starting", "is being reached"),
            _ => ("away", "is away, tried again"),
        };
        return Html.Of(
            $"""
            <ol class="route" aria-label="The way of this answer" data-route data-database="{state}">
            <li class="stop stop-you"><b>You</b><span>this page</span></li>
            <li class="stop stop-front"><b>Frontend</b><span>renders the page</span></li>
            <li class="stop stop-back"><b>Backend</b><span>answers with JSON</span></li>
            <li class="stop stop-data"><b>PostgreSQL</b><span data-database-words>{words}</span></li>
            </ol>

            """
        );
    }

    /// <summary>Drawn by the script, which shows it.</summary>
    private static readonly Html Pulse = new(
        """
        <figure class="pulse" data-pulse hidden>
        <figcaption><span>The last two minutes, an answer every two seconds</span>
        <span data-pulse-words></span></figcaption>
        <div class="pulse-bars" data-pulse-bars aria-hidden="true"></div>
        </figure>

        """
    );
}
