using Gocatest.Notes;

namespace Gocatest.Frontend.Pages;

/// <summary>The form to leave a note.</summary>
internal static class FormView
{
    public static Html Section(BoardModel model) =>
        Html.Of(
            $"""
            <section class="leave" aria-labelledby="leave-title">
            <h2 id="leave-title">Leave a note</h2>
            <form method="post" action="/notes" data-form>
            {Author(model)}{Text(model)}<p class="problem" id="form-problem" role="alert" data-problem="">{General(
                model
            )}</p>
            <button type="submit">Leave note</button>
            <p class="hint">It is stored in PostgreSQL and shown to everyone, on every release.</p>
            </form>
            </section>

            """
        );

    private static Html Author(BoardModel model) =>
        Html.Of(
            $"""
            <div class="field">
            <label for="author">Name</label>
            <input id="author" name="author" required maxlength="{NoteRules.LongestAuthor}" autocomplete="nickname"
            value="{model.Draft.Author}" aria-describedby="author-problem"{Invalid(model, "author")}>
            {Message(model, "author")}</div>

            """
        );

    private static Html Text(BoardModel model) =>
        Html.Of(
            $"""
            <div class="field">
            <label for="text">Note</label>
            <textarea id="text" name="text" required rows="4" maxlength="{NoteRules.LongestText}"
            aria-describedby="text-problem"{Invalid(model, "text")}>
            {model.Draft.Text}</textarea>
            {Message(model, "text")}</div>

            """
        );

    private static Html Invalid(BoardModel model, string field) =>
        Errors(model, field).Length > 0 ? new Html(" aria-invalid=\"true\"") : Html.Empty;

    private static Html Message(BoardModel model, string field) =>
        Html.Of(
            $"""
            <p class="problem" id="{field}-problem" data-problem="{field}">{string.Join(' ', Errors(model, field))}</p>

            """
        );

    private static string General(BoardModel model) =>
        model.Problem is { Errors: null } problem ? $"{problem.Title} {problem.Detail}".TrimEnd() : "";

    private static string[] Errors(BoardModel model, string field) =>
        model.Problem?.Errors?.GetValueOrDefault(field) ?? [];
}
