using Gocatest.Contracts;

namespace Gocatest.Hosting;

/// <summary>Ends a request with a problem that the client can act on.</summary>
internal sealed class Refusal(Problem problem) : Exception(problem.Title)
{
    public Problem Problem => problem;

    /// <summary>Seconds after which another try makes sense, if it does.</summary>
    public int? RetryAfter { get; init; }

    public static Refusal Because(int status, string title, string? detail = null) =>
        new(
            new Problem
            {
                Status = status,
                Title = title,
                Detail = detail,
            }
        );
}
