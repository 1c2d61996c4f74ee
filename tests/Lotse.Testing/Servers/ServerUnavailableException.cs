namespace Lotse.Testing.Servers;

/// <summary>No server can be made on this machine, or it does not do what was asked of it.</summary>
public sealed class ServerUnavailableException(string message) : Exception(message);
