namespace Gocatest.Storage;

/// <summary>The database did not do what was asked, for a reason that is not the visitor's.</summary>
internal sealed class DatabaseAwayException(string message, Exception? inner = null) : Exception(message, inner);
