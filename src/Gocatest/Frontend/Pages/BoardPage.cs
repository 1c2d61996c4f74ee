using Gocatest.Frontend.Assets;

namespace Gocatest.Frontend.Pages;

/// <summary>The page, whole without its script.</summary>
internal sealed class BoardPage(AssetCatalog assets)
{
    public Html Render(BoardModel model) =>
        Html.Of(
            $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="description" content="Which release serves you, from which host, since when.">
            <title>{model.Release.Version} on {model.Release.Host} · Gocatest</title>
            <link rel="icon" type="image/svg+xml" href="{assets.Url("icon.svg")}">
            <link rel="stylesheet" href="{assets.Url("board.css")}">
            <script type="module" src="{assets.Url("board.js")}"></script>
            </head>
            <body>
            <a class="skip" href="#notes">Skip to the notes</a>
            <header class="masthead">
            <a class="brand" href="/"><img src="{assets.Url("icon.svg")}" width="28" height="28" alt="">Gocatest</a>
            <p class="live" data-live hidden>Live</p>
            </header>
            <main>
            {PanelView.Section(model)}<div class="columns">
            {FormView.Section(model)}{NoteView.Section(model.Notes)}</div>
            </main>
            <p class="unseen" role="status" data-announce></p>
            </body>
            </html>

            """
        );
}
