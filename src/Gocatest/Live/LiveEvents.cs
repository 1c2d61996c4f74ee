namespace Gocatest.Live;

/// <summary>The types of live events, as both ports and the page's script name them.</summary>
internal static class LiveEvents
{
    public const string Note = "note";
    public const string Database = "database";
    public const string Release = "release";
}
