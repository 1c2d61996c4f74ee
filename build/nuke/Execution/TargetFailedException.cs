namespace Nuke.Common.Execution;

/// <summary>Ends a run whose failure has been logged already.</summary>
internal sealed class TargetFailedException(Exception cause) : Exception(cause.Message, cause);
