namespace Lotse.Proxy.Switching;

/// <summary>A command that was understood and has no place in the present state: what is the matter and what to do.</summary>
internal sealed class RefusedException(string message) : Exception(message);
