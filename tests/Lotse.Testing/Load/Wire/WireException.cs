namespace Lotse.Testing.Load.Wire;

/// <summary>An exchange that did not come to a whole, well-formed answer.</summary>
internal sealed class WireException(LoadFailureKind kind, string message, Exception? cause = null)
    : Exception(message, cause)
{
    public LoadFailureKind Kind { get; } = kind;

    /// <summary>What of the answer had come, if its head was whole.</summary>
    public AnswerHead? Head { get; init; }
}
