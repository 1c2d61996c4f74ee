using Gocatest.Contracts;
using Gocatest.Notes;

namespace Gocatest.Frontend;

/// <summary>What became of a draft: the stored note, or the problem.</summary>
internal sealed record NotePosting
{
    public Note? Stored { get; init; }

    public Problem? Problem { get; init; }

    /// <summary>Seconds, where the backend named them.</summary>
    public int? RetryAfter { get; init; }
}
